package io.spillgate.sse;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;

final class EventStreamParserTest {
    private static final int MAX = 1 << 20;

    @Test
    void joinsTheLinesOfDataOfOneEvent() {
        assertThat(received("data: YHOO\ndata: +2\ndata: 10\n\n"))
                .containsExactly("message [YHOO\n+2\n10] #");
    }

    @Test
    void readsTheFourBlocksOfTheStandardsExample() {
        String stream =
                """
                : test stream

                data: first event
                id: 1

                data:second event
                id

                data:  third event

                """;

        assertThat(received(stream))
                .containsExactly(
                        "message [first event] #1",
                        "message [second event] #",
                        "message [ third event] #");
    }

    @Test
    void dispatchesEmptyDataAndDropsTheUnfinishedEvent() {
        assertThat(received("data\n\ndata\ndata\n\ndata:"))
                .containsExactly("message [] #", "message [\n] #");
    }

    @Test
    void takesOneSpaceBehindTheColonAway() {
        assertThat(received("data:test\n\ndata: test\n\n"))
                .containsExactly("message [test] #", "message [test] #");
    }

    @Test
    void endsLinesWithCrLfAndCrlf() {
        assertThat(received("data: a\rdata: b\ndata: c\r\n\r\ndata: d\r\rdata: e\n\n"))
                .containsExactly("message [a\nb\nc] #", "message [d] #", "message [e] #");
    }

    @Test
    void skipsOneByteOrderMarkAtTheStartOnly() {
        assertThat(received("\ufeffdata: a\n\n\ufeffdata: b\n\ndata: c\n\n"))
                .containsExactly("message [a] #", "message [c] #");
        assertThat(received("\ufeff\ufeffdata: a\n\n")).isEmpty();
        assertThat(received("\ufeff\ndata: a\n\n")).containsExactly("message [a] #");
    }

    @Test
    void passesOverCommentsUnknownFieldsAndOtherCase() {
        assertThat(received(": hi\nData: x\ndatax: y\n data: z\nfoo\ndata: a\n\n"))
                .containsExactly("message [a] #");
    }

    @Test
    void doesNotDispatchAnEventWithoutData() {
        assertThat(received("event: x\nid: 7\n\ndata: a\n\n")).containsExactly("message [a] #7");
        assertThat(published("event: x\nid: 7\nretry: 3\n\ndata: a\n\n"))
                .containsExactly("null [a] #null");
    }

    @Test
    void keepsTheTypeForOneEventOnly() {
        assertThat(received("event: a\nevent: b\ndata: 1\n\ndata: 2\n\nevent:\ndata: 3\n\n"))
                .containsExactly("b [1] #", "message [2] #", "message [3] #");
    }

    @Test
    void letsAnIdPersistForAClientAndNotForAPublisher() {
        String stream = "id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n";

        assertThat(received(stream))
                .containsExactly("message [a] #1", "message [b] #1", "message [c] #");
        assertThat(published(stream))
                .containsExactly("null [a] #1", "null [b] #null", "null [c] #null");
    }

    @Test
    void tellsTheClientWhichIdToResumeFrom() {
        List<String> ids = new ArrayList<>();
        EventStreamParser parser =
                EventStreamParser.forClient(
                        MAX,
                        new Events() {
                            @Override
                            void event(String data, String lastEventId, boolean hasId) {
                                ids.add(lastEventId);
                            }
                        });
        byte[] stream = "id: 7\n\nid: 8\n".getBytes(UTF_8);
        parser.feed(stream, 0, stream.length);

        assertThat(parser.lastEventId()).isEqualTo("7");
        assertThat(ids).isEmpty();
    }

    @Test
    void goesOnWithTheIdOfTheStreamBeforeUntilAnotherOneComes() {
        List<String> ids = new ArrayList<>();
        EventStreamParser parser =
                EventStreamParser.forClient(
                        MAX,
                        "7",
                        new Events() {
                            @Override
                            void event(String data, String lastEventId, boolean hasId) {
                                ids.add(lastEventId + " " + hasId);
                            }
                        });
        byte[] stream = "data: a\n\nid: 8\ndata: b\n\nid\n\ndata: c\n\n".getBytes(UTF_8);
        assertThat(parser.lastEventId()).isEqualTo("7");
        parser.feed(stream, 0, stream.length);

        assertThat(ids).containsExactly("7 false", "8 true", " false");
        assertThat(parser.lastEventId()).isEmpty();
    }

    @Test
    void tellsTheClientWhetherTheEventItselfHasTheId() {
        List<String> seen = new ArrayList<>();
        EventStreamParser parser =
                EventStreamParser.forClient(
                        MAX,
                        new Events() {
                            @Override
                            void event(String data, String lastEventId, boolean hasId) {
                                seen.add(data + " " + lastEventId + " " + hasId);
                            }
                        });
        byte[] stream = "id: 7\n\ndata: a\n\nid: 7\ndata: b\n\ndata: c\n\n".getBytes(UTF_8);
        parser.feed(stream, 0, stream.length);

        assertThat(seen).containsExactly("a 7 false", "b 7 true", "c 7 false");
    }

    @Test
    void passesOverWrongFieldsForAClient() {
        assertThat(received("id: 1\nid: a\0b\ndata: a\n\n")).containsExactly("message [a] #1");
        assertThat(received("retry: 1x\nretry:\nretry: -1\nretry: 50\n"))
                .containsExactly("retry 50");
    }

    @Test
    void replacesMalformedUtf8ForAClient() {
        byte[] stream = "data: \u00ff\n\n".getBytes(ISO_8859_1);

        assertThat(Streams.received(stream, stream.length, MAX))
                .containsExactly("message [\ufffd] #");
    }

    @Test
    void keepsAllFieldsOfAPublishedEvent() {
        assertThat(published("event: trade\nid: mine\nretry: 1000\ndata: a\ndata: b\n\n"))
                .containsExactly("trade [a\nb] #mine retry 1000");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id: a\0b",
                "event: a\0b",
                "id: s0123456789a-1",
                "retry: 10s",
                "retry:",
                "data: \u00ff",
                ": \u00ff",
                "\u00c3",
            })
    void stopsAPublisherThatSendsWhatItMustNot(String line) {
        byte[] stream = ("data: before\n\n" + line + "\ndata: after\n\n").getBytes(ISO_8859_1);

        List<String> seen = Streams.published(stream, stream.length, MAX);

        assertThat(seen).hasSize(2);
        assertThat(seen.get(0)).isEqualTo("null [before] #null");
        assertThat(seen.get(1)).startsWith("error: ");
    }

    @Test
    void staysStoppedAfterAnError() {
        List<Event> events = new ArrayList<>();
        EventStreamParser parser = EventStreamParser.forPublish(MAX, events::add);
        byte[] bad = "retry: x\n\n".getBytes(UTF_8);
        byte[] good = "data: a\n\n".getBytes(UTF_8);

        parser.feed(bad, 0, bad.length);

        assertThat(parser.feed(good, 0, good.length)).isZero();
        assertThat(parser.feed(Unpooled.wrappedBuffer(good))).isFalse();
        assertThat(parser.error()).contains("retry");
        assertThat(events).isEmpty();
    }

    @Test
    void boundsTheDataOfOneEvent() {
        String most = "data: " + "x".repeat(60) + "\ndata: " + "y".repeat(39) + "\n\n";

        assertThat(published(most + most, 100)).hasSize(2);
        assertThat(
                        published(
                                most
                                        + "data: "
                                        + "x".repeat(60)
                                        + "\ndata: "
                                        + "y".repeat(40)
                                        + "\n\n",
                                100))
                .last()
                .isEqualTo("error: an event is larger than 100 bytes");
        assertThat(received("data: " + "x".repeat(101) + "\n\n", 100))
                .containsExactly("error: an event is larger than 100 bytes");
    }

    @Test
    void countsTheJoiningLineEndsOfEmptyLinesOfData() {
        assertThat(published("data\n".repeat(101) + "\n", 100))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("null [");
        assertThat(published("data\n".repeat(102) + "\n", 100))
                .containsExactly("error: an event is larger than 100 bytes");
    }

    @Test
    void boundsALineThatNeverEnds() {
        String stream = "x".repeat(5000);

        assertThat(published(stream, 4000))
                .containsExactly("error: a line is longer than 4016 bytes");
        assertThat(Streams.published(stream.getBytes(UTF_8), 1, 4000))
                .containsExactly("error: a line is longer than 4016 bytes");
        assertThat(published("x".repeat(4016) + "\ndata: a\n\n", 4000))
                .containsExactly("null [a] #null");
    }

    @Test
    void stopsBehindTheEventAtWhichTheSinkSaysStop() {
        List<String> seen = new ArrayList<>();
        EventStreamParser parser =
                EventStreamParser.forPublish(
                        MAX,
                        event -> {
                            seen.add(Streams.describe(event));
                            return false;
                        });
        byte[] stream = "data: a\r\n\r\ndata: b\r\n\r\ndata: c".getBytes(UTF_8);

        int first = parser.feed(stream, 0, stream.length);
        assertThat(first).isEqualTo("data: a\r\n\r".length());
        assertThat(seen).containsExactly("null [a] #null");

        int second = parser.feed(stream, first, stream.length - first);
        assertThat(seen).containsExactly("null [a] #null", "null [b] #null");

        int rest = first + second;
        assertThat(parser.feed(stream, rest, stream.length - rest)).isEqualTo(stream.length - rest);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsABufferAndConsumesWhatItTook(boolean direct) {
        List<String> seen = new ArrayList<>();
        EventStreamParser parser =
                EventStreamParser.forPublish(
                        MAX,
                        event -> {
                            seen.add(Streams.describe(event));
                            return seen.size() != 1;
                        });
        String large = "y".repeat(20_000);
        byte[] stream = ("junk" + "data: a\n\ndata: " + large + "\n\n").getBytes(UTF_8);
        ByteBuf in = direct ? Unpooled.directBuffer() : Unpooled.buffer();
        try {
            in.writeBytes(stream).skipBytes(4);

            assertThat(parser.feed(in)).isFalse();
            assertThat(in.readableBytes()).isEqualTo(stream.length - 4 - 9);
            assertThat(parser.feed(in)).isTrue();
            assertThat(in.isReadable()).isFalse();
            assertThat(seen).containsExactly("null [a] #null", "null [" + large + "] #null");
        } finally {
            in.release();
        }
    }

    /// A buffer without an array is read in pieces, and the event may end where one of them does.
    @ParameterizedTest
    @ValueSource(ints = {4095, 4096, 8191, 8192, 8193, 16_384})
    void stopsBehindAnEventWhereverItEndsInABuffer(int end) {
        List<String> seen = new ArrayList<>();
        EventStreamParser parser =
                EventStreamParser.forPublish(
                        100_000,
                        event -> {
                            seen.add(Streams.describe(event));
                            return false;
                        });
        String data = "x".repeat(end - "data: \n\n".length());
        ByteBuf in = Unpooled.directBuffer();
        try {
            in.writeBytes(("data: " + data + "\n\ndata: b\n\n").getBytes(UTF_8));

            assertThat(parser.feed(in)).isFalse();
            assertThat(in.readerIndex()).isEqualTo(end);
            assertThat(seen).containsExactly("null [" + data + "] #null");
        } finally {
            in.release();
        }
    }

    @Test
    void seesTheSameHoweverTheStreamIsCut() {
        byte[] stream =
                ("\ufeffid: é\r\n"
                                + "event: t\r\n"
                                + "data: a\r"
                                + "data: b\n\r"
                                + ": c\r\n\r\n"
                                + "retry: 5\n"
                                + "data: ü\n\n"
                                + "retry: 77\r\r"
                                + "data\n\n"
                                + "data: last\r\n\r\n"
                                + "data: never")
                        .getBytes(UTF_8);
        List<String> published = Streams.published(stream, stream.length, MAX);
        List<String> received = Streams.received(stream, stream.length, MAX);

        assertThat(published).hasSize(4);
        assertThat(received).hasSize(6);
        for (int size = 1; size < stream.length; size++) {
            assertThat(Streams.published(stream, size, MAX)).isEqualTo(published);
            assertThat(Streams.received(stream, size, MAX)).isEqualTo(received);
        }
    }

    private static List<String> published(String stream) {
        return published(stream, MAX);
    }

    private static List<String> published(String stream, int maxEventBytes) {
        byte[] bytes = stream.getBytes(UTF_8);
        return Streams.published(bytes, bytes.length, maxEventBytes);
    }

    private static List<String> received(String stream) {
        return received(stream, MAX);
    }

    private static List<String> received(String stream, int maxEventBytes) {
        byte[] bytes = stream.getBytes(UTF_8);
        return Streams.received(bytes, bytes.length, maxEventBytes);
    }

    private abstract static class Events implements EventStreamParser.ClientSink {
        abstract void event(String data, String lastEventId, boolean hasId);

        @Override
        public void event(
                String type, String data, String id, boolean hasId, @Nullable String topic) {
            event(data, id, hasId);
        }

        @Override
        public void retry(long millis) {}
    }
}
