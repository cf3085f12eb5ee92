package io.spillgate.sse;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

final class EventTextTest {
    private static final String PREFIX = "s0123456789a-";

    @Test
    void writesTheFieldsThatWereGiven() throws InvalidEvent {
        String expected =
                """
                event: trade
                retry: 1500
                data: hello
                data: world
                id: s0123456789a-42:mine

                """;
        assertThat(text(event("hello\nworld", "trade", 1500), "s0123456789a-42:mine"))
                .isEqualTo(expected);
        assertThat(text(event("x", null, -1), "s0123456789a-42"))
                .isEqualTo("data: x\nid: s0123456789a-42\n\n");
        assertThat(text(event("é", "ü", 0), "ß"))
                .isEqualTo("event: ü\nretry: 0\ndata: é\nid: ß\n\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "a\nb\r\nc\rd\n", "", "\r\n\r\n", "line\n\nline é"})
    void writesAnyPartOfAnEvent(String data) throws InvalidEvent {
        Event event = event(data, "trade", 99);
        byte[] whole = text(event, "id:é", "ö").getBytes(UTF_8);
        assertThat(new String(whole, UTF_8))
                .startsWith("topic: ö\nevent: trade\n")
                .endsWith("\nid: id:é\n\n");
        LineMark mark = new LineMark();
        for (int from = 0; from <= whole.length; from++) {
            for (int room = 0; room <= whole.length - from; room++) {
                ByteBuffer to = ByteBuffer.allocate(room);
                EventText.put(event, "id:é", "ö", new ByteWindow(from, to), mark);
                assertThat(to.array())
                        .as("%d bytes from %d", room, from)
                        .isEqualTo(Arrays.copyOfRange(whole, from, from + room));
            }
        }
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
        assertThat(text(event(data, null, -1), "i1")).isEqualTo(lines + "id: i1\n\n");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "15, f", "16, 10", "255, ff", "256, 100", "65536, 10000"})
    void framesTextWithItsLengthInHex(int length, String hex) {
        String text = "x".repeat(length);
        ByteBuffer chunk = ByteBuffer.allocate(Chunks.length(length));
        ByteWindow window = new ByteWindow(0, chunk);
        Chunks.begin(length, window);
        window.put(text.getBytes(UTF_8));
        Chunks.end(window);
        assertThat(new String(chunk.array(), UTF_8)).isEqualTo(hex + "\r\n" + text + "\r\n");
        assertThat(window.isFull()).isTrue();
    }

    @Test
    void givesBackThroughTheParserWhatWasPublished() throws InvalidEvent {
        Random random = new Random(7);
        for (int round = 0; round < 2000; round++) {
            String type = random.nextBoolean() ? null : "t" + words(random, "xyé: ");
            String data = words(random, "ab :\r\n\u00e9\ud83d\ude00\0");
            String id = PREFIX + (10 + random.nextInt(90));
            byte[] payload = text(event(data, type, random.nextInt(3) - 1), id).getBytes(UTF_8);

            List<String> seen = Streams.received(payload, 1 + random.nextInt(9), 1 << 16);

            String lines = data.replace("\r\n", "\n").replace('\r', '\n');
            assertThat(seen.getLast())
                    .isEqualTo("%s [%s] #%s".formatted(type == null ? "message" : type, lines, id));
        }
    }

    private static Event event(String data, @Nullable String type, long retry) throws InvalidEvent {
        return Event.of(data.getBytes(UTF_8), type, null, retry);
    }

    private static String text(Event event, String id) {
        return text(event, id, null);
    }

    private static String text(Event event, String id, @Nullable String topic) {
        ByteBuffer to = ByteBuffer.allocate(EventText.length(event, id, topic));
        EventText.put(event, id, topic, new ByteWindow(0, to), new LineMark());
        assertThat(to.hasRemaining()).isFalse();
        return new String(to.array(), UTF_8);
    }

    private static String words(Random random, String alphabet) {
        int[] points = alphabet.codePoints().toArray();
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.appendCodePoint(points[random.nextInt(points.length)]);
        }
        return text.toString();
    }
}
