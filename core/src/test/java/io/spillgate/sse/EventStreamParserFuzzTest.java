package io.spillgate.sse;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// With `JAZZER_FUZZ=1` these search; without it they replay what was found before.
final class EventStreamParserFuzzTest {
    private static final int MAX = 64;

    @FuzzTest(maxDuration = "5m")
    void seesTheSameHoweverTheStreamIsCut(FuzzedDataProvider input) {
        int pieceSize = input.consumeInt(1, 16);
        byte[] stream = input.consumeRemainingAsBytes();
        int whole = Math.max(1, stream.length);

        assertThat(Streams.published(stream, pieceSize, MAX))
                .isEqualTo(Streams.published(stream, whole, MAX));
        assertThat(Streams.received(stream, pieceSize, MAX))
                .isEqualTo(Streams.received(stream, whole, MAX));
    }

    @FuzzTest(maxDuration = "5m")
    void encodesWhatItParsedSoThatItParsesToTheSame(byte[] stream) {
        List<List<String>> events = new ArrayList<>();
        List<List<String>> again = new ArrayList<>();
        EventStreamParser reparser =
                EventStreamParser.forPublish(
                        MAX, event -> again.add(parts(event, String.valueOf(event.id()))));
        EventStreamParser parser =
                EventStreamParser.forPublish(
                        MAX,
                        event -> {
                            if (Utf8.length(id(event)) > Event.MAX_FIELD_BYTES) {
                                return true;
                            }
                            byte[] text = new byte[EventText.length(event, id(event), null)];
                            ByteBuffer to = ByteBuffer.wrap(text);
                            EventText.put(
                                    event, id(event), null, new ByteWindow(0, to), new LineMark());
                            reparser.feed(text, 0, text.length);
                            return events.add(parts(event, id(event)));
                        });
        parser.feed(stream, 0, stream.length);

        assertThat(reparser.error()).isNull();
        assertThat(again).isEqualTo(events);
    }

    /// The id on the wire of an event with sequence 1.
    private static String id(Event event) {
        return event.id() == null ? "x1" : "x1:" + event.id();
    }

    private static List<String> parts(Event event, String id) {
        return List.of(
                String.valueOf(event.type()),
                new String(event.data(), UTF_8),
                id,
                Long.toString(event.retryMillis()));
    }
}
