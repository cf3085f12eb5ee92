package io.spillgate.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Random;

final class EventEncoderTest {
    private static final String PREFIX = "s0123456789a-";

    @Test
    void writesAnEventAsOneChunk() throws InvalidEvent {
        Frame frame = encode("hello\nworld", "trade", "mine", 1500);
        frame.stamp(42);

        String expected =
                """
                4b\r
                id: s0123456789a-42:mine
                event: trade
                retry: 1500
                data: hello
                data: world

                \r
                """;
        assertThat(new String(frame.bytes(), UTF_8)).isEqualTo(expected);
        assertThat(frame.length()).isEqualTo(frame.bytes().length);
        assertThat(frame.seqDigits()).isEqualTo(2);
    }

    @Test
    void leavesOutTheFieldsThatWereNotGiven() throws InvalidEvent {
        Frame frame = encode("x", null, null, -1);
        frame.stamp(42);

        assertThat(new String(frame.bytes(), UTF_8))
                .isEqualTo("1d\r\nid: s0123456789a-42\ndata: x\n\n\r\n");
        assertThat(payload(frame)).isEqualTo("id: s0123456789a-42\ndata: x\n\n");
    }

    @Test
    void stampsTheSequenceIntoItsPlaceAndNowhereElse() throws InvalidEvent {
        Event event = Event.of("x".getBytes(UTF_8), null, null, -1);
        Frame frame = EventEncoder.encode(event, PREFIX, 19);

        assertThat(frame.seqDigits()).isEqualTo(19);
        frame.stamp(Long.MAX_VALUE);

        assertThat(payload(frame)).isEqualTo("id: s0123456789a-9223372036854775807\ndata: x\n\n");
    }

    @Test
    void refusesASequenceThatDoesNotFillItsPlace() throws InvalidEvent {
        Frame frame = encode("x", null, null, -1);

        assertThatThrownBy(() -> frame.stamp(9)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> frame.stamp(100)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> frame.stamp(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 'data: \n'",
        "'a', 'data: a\n'",
        "'a\n', 'data: a\ndata: \n'",
        "'a\r', 'data: a\ndata: \n'",
        "'a\r\n', 'data: a\ndata: \n'",
        "'a\n\rb', 'data: a\ndata: \ndata: b\n'",
        "'\r\n\r\n', 'data: \ndata: \ndata: \n'",
        "' a', 'data:  a\n'",
        "'id: 7', 'data: id: 7\n'",
    })
    void beginsALineOfDataAtEveryLineEnd(String data, String lines) throws InvalidEvent {
        Frame frame = EventEncoder.encode(Event.of(data.getBytes(UTF_8), null, null, -1), "i", 1);
        frame.stamp(1);

        assertThat(payload(frame)).isEqualTo("id: i1\n" + lines + "\n");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "15, f", "16, 10", "255, ff", "256, 100", "65536, 10000"})
    void framesTextWithItsLengthInHex(int length, String hex) {
        String text = "x".repeat(length);

        assertThat(new String(EventEncoder.chunk(text), UTF_8))
                .isEqualTo(hex + "\r\n" + text + "\r\n");
        assertThat(EventEncoder.chunk(text.getBytes(UTF_8))).isEqualTo(EventEncoder.chunk(text));
    }

    @Test
    void refusesAnEmptyChunkBecauseItWouldEndTheResponse() {
        assertThatThrownBy(() -> EventEncoder.chunk(""))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void givesBackThroughTheParserWhatWasPublished() throws InvalidEvent {
        Random random = new Random(7);
        for (int round = 0; round < 2000; round++) {
            String type = random.nextBoolean() ? null : "t" + text(random, "xyé: ");
            String data = text(random, "ab :\r\n\u00e9\ud83d\ude00\0");
            Frame frame = encode(data, type, null, random.nextInt(3) - 1);
            frame.stamp(10 + random.nextInt(90));
            byte[] payload = payload(frame).getBytes(UTF_8);

            List<String> seen = Streams.received(payload, 1 + random.nextInt(9), 1 << 16);

            String lines = data.replace("\r\n", "\n").replace('\r', '\n');
            assertThat(seen.getLast())
                    .isEqualTo(
                            "%s [%s] #%s"
                                    .formatted(
                                            type == null ? "message" : type,
                                            lines,
                                            payload(frame).substring(4, 19)));
        }
    }

    private static Frame encode(String data, @Nullable String type, @Nullable String id, long retry)
            throws InvalidEvent {
        return EventEncoder.encode(Event.of(data.getBytes(UTF_8), type, id, retry), PREFIX, 2);
    }

    private static String payload(Frame frame) {
        return new String(
                frame.bytes(),
                frame.payloadStart(),
                frame.payloadEnd() - frame.payloadStart(),
                UTF_8);
    }

    private static String text(Random random, String alphabet) {
        int[] points = alphabet.codePoints().toArray();
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.appendCodePoint(points[random.nextInt(points.length)]);
        }
        return text.toString();
    }
}
