package io.spillgate.client;

import static io.spillgate.client.ScriptedBackend.STREAM;
import static io.spillgate.client.ScriptedBackend.answers;
import static io.spillgate.client.ScriptedBackend.send;
import static io.spillgate.client.ScriptedBackend.staysWith;
import static io.spillgate.client.ScriptedBackend.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.spillgate.client.EventSourceEnd.Cause;
import io.spillgate.client.ScriptedBackend.Scene;
import io.spillgate.config.DestinationConfig;
import io.spillgate.config.HostPoolConfig;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

@Timeout(60)
class EventSourceTest {
    private static final Scene NOTHING_MORE = answers("HTTP/1.1 204 No Content\r\n\r\n");

    private final HttpClient http = HttpClient.open();
    private final EventSourceDiary diary = new EventSourceDiary();

    @AfterEach
    void close() {
        http.close();
    }

    @Test
    void tellsEventsInTheirOrder() throws Exception {
        String events =
                ":ok\n\nid: 1\nevent: tick\ndata: one\ndata: two\n\ndata: ü\n\nid: 2\n\n"
                        + "data: cut";
        try (ScriptedBackend backend = new ScriptedBackend(streams(events), NOTHING_MORE)) {
            open(backend);
            assertThat(diary.end().cause()).isEqualTo(Cause.NO_CONTENT);
            assertThat(diary.lines())
                    .containsExactly(
                            "opened",
                            "tick [one\ntwo] 1 own",
                            "message [ü] 1",
                            "flush",
                            "interrupted: the stream ended",
                            "ended: NO_CONTENT 204");
        }
    }

    @Test
    void asksForAStreamThatNobodyMayStore() throws Exception {
        try (ScriptedBackend backend = new ScriptedBackend(NOTHING_MORE)) {
            EventSource.of(backend.url("/a?b=1")).header("X-Token", "t").open(http, diary);
            assertThat(backend.head())
                    .startsWith("GET /a?b=1 HTTP/1.1\r\n")
                    .contains("\r\nhost: 127.0.0.1:" + backend.port() + "\r\n")
                    .contains("\r\naccept: text/event-stream\r\n")
                    .contains("\r\ncache-control: no-cache\r\n")
                    .contains("\r\nX-Token: t\r\n")
                    .doesNotContainIgnoringCase("last-event-id");
        }
    }

    @Test
    void resumesAfterTheLastWholeEvent() throws Exception {
        Scene first = streams("id: 7-1\ndata: a\n\nid: 7-2\ndata: b\n\nid: 7-3\ndata: cut");
        try (ScriptedBackend backend = new ScriptedBackend(first, NOTHING_MORE)) {
            open(backend);
            backend.head();
            assertThat(backend.head()).contains("\r\nLast-Event-ID: 7-2\r\n");
        }
    }

    @Test
    void keepsTheIdOverAStreamThatBroughtNone() throws Exception {
        try (ScriptedBackend backend =
                new ScriptedBackend(streams("id: 7-1\n\n"), streams("data: a\n\n"), NOTHING_MORE)) {
            open(backend);
            backend.head();
            backend.head();
            assertThat(backend.head()).contains("\r\nLast-Event-ID: 7-1\r\n");
            diary.end();
            assertThat(diary.lines()).contains("message [a] 7-1");
        }
    }

    @Test
    void forgetsTheIdWhenTheStreamSaysSo() throws Exception {
        Scene first = streams("id: 7-1\ndata: a\n\nid\n\n");
        try (ScriptedBackend backend = new ScriptedBackend(first, NOTHING_MORE)) {
            open(backend);
            backend.head();
            assertThat(backend.head()).doesNotContainIgnoringCase("last-event-id");
        }
    }

    @Test
    void beginsAfterTheGivenId() throws Exception {
        try (ScriptedBackend backend = new ScriptedBackend(NOTHING_MORE)) {
            EventSource.of(backend.url("/")).lastEventId("earliest").open(http, diary);
            assertThat(backend.head()).contains("\r\nLast-Event-ID: earliest\r\n");
        }
    }

    @Test
    void sendsAnIdBeyondAsciiAsUtf8() throws Exception {
        try (ScriptedBackend backend = new ScriptedBackend(NOTHING_MORE)) {
            EventSource.of(backend.url("/")).lastEventId("é 1").open(http, diary);
            assertThat(backend.head()).contains("\r\nLast-Event-ID: Ã© 1\r\n");
        }
    }

    @Test
    void sendsAnIdBeyondAsciiInTheParameterThatWasNamed() throws Exception {
        try (ScriptedBackend backend = new ScriptedBackend(NOTHING_MORE)) {
            EventSource.of(backend.url("/a?b=1"))
                    .lastEventId("é 1\u0001")
                    .resumeParameter("last_event_id")
                    .open(http, diary);
            assertThat(backend.head())
                    .startsWith("GET /a?b=1&last_event_id=%C3%A9%201%01 HTTP/1.1\r\n")
                    .doesNotContain("Last-Event-ID");
        }
    }

    @Test
    void doesNotSendAnIdThatWouldBreakTheRequest() throws Exception {
        try (ScriptedBackend backend = new ScriptedBackend(NOTHING_MORE)) {
            EventSource.of(backend.url("/")).lastEventId("a\u0001").open(http, diary);
            assertThat(backend.head()).doesNotContainIgnoringCase("last-event-id");
        }
    }

    @Test
    void waitsAsLongAsTheServerAskedAndUpToHalfMore() throws Exception {
        Scene first = streams("retry: 8000\n\ndata: a\n\n");
        try (ScriptedBackend backend = new ScriptedBackend(first, NOTHING_MORE)) {
            open(backend);
            diary.end();
            assertThat(diary.waits())
                    .singleElement()
                    .satisfies(wait ->
                            assertThat(wait)
                                    .isBetween(Duration.ofSeconds(8), Duration.ofSeconds(12)));
        }
    }

    @Test
    void comesBackByItselfAfterTheWait() throws Exception {
        diary.waitsAsTold();
        Scene first = streams("retry: 1\n\n");
        try (ScriptedBackend backend = new ScriptedBackend(first, NOTHING_MORE)) {
            open(backend);
            diary.end();
            assertThat(diary.waits())
                    .singleElement()
                    .satisfies(wait ->
                            assertThat(wait)
                                    .isBetween(Duration.ofMillis(100), Duration.ofMillis(150)));
        }
    }

    @Test
    void waitsLongerAndLongerWhileNobodyListens() throws Exception {
        URI gone;
        try (ScriptedBackend backend = new ScriptedBackend()) {
            gone = backend.url("/x");
        }
        diary.closesAfter(5);
        diary.source(
                EventSource.of(gone)
                        .retry(Duration.ofSeconds(2), Duration.ofSeconds(10))
                        .open(http, diary));
        diary.end();
        List<Duration> waits = diary.waits();
        List<Integer> least = List.of(2, 4, 8, 10, 10);
        IntStream.range(0, 5)
                .forEach(i ->
                        assertThat(waits.get(i))
                                .isBetween(
                                        Duration.ofSeconds(least.get(i)),
                                        Duration.ofMillis(1500L * least.get(i))));
        assertThat(diary.lines().getFirst()).contains("cannot reach " + gone + ": ");
    }

    @Test
    void connectsAgainWhenTheStreamIsSilentForTooLong() throws Exception {
        CompletableFuture<Void> left = new CompletableFuture<>();
        Scene silent = staysWith(STREAM + "data: a\n\n", left);
        try (ScriptedBackend backend = new ScriptedBackend(silent, NOTHING_MORE)) {
            diary.source(
                    EventSource.of(backend.url("/x"))
                            .readTimeout(Duration.ofMillis(200))
                            .open(http, diary));
            diary.end();
            left.get();
            assertThat(diary.lines())
                    .containsExactly(
                            "opened",
                            "message [a] ",
                            "flush",
                            "interrupted: nothing came for 200ms",
                            "ended: NO_CONTENT 204");
        }
    }

    @Test
    void takesACommentForASignOfLife() throws Exception {
        Scene alive =
                peer -> {
                    send(peer, STREAM);
                    for (int i = 0; i < 16 && stays(peer, 250); i++) {
                        send(peer, ":\n\n");
                    }
                };
        try (ScriptedBackend backend = new ScriptedBackend(alive, NOTHING_MORE)) {
            diary.source(
                    EventSource.of(backend.url("/x"))
                            .readTimeout(Duration.ofSeconds(3))
                            .open(http, diary));
            diary.end();
            assertThat(diary.lines()).contains("interrupted: the stream ended");
        }
    }

    @Test
    void tellsNoEventAfterItWasClosedByTheListener() throws Exception {
        diary.closesAtEvents();
        try (ScriptedBackend backend =
                new ScriptedBackend(streams("data: a\n\ndata: b\n\ndata: c\n\n"))) {
            open(backend);
            diary.end();
            assertThat(diary.lines()).containsExactly("opened", "message [a] ", "ended: CLOSED 0");
        }
    }

    @Test
    void goesThroughANamedDestination() throws Exception {
        try (ScriptedBackend backend = new ScriptedBackend(NOTHING_MORE)) {
            Map<String, DestinationConfig> named =
                    Map.of("it", DestinationConfig.of(List.of("127.0.0.1:" + backend.port())));
            try (HttpClient own = HttpClient.open(HostPoolConfig.DEFAULT, named)) {
                EventSource.of(URI.create("http://shop.example/x"))
                        .destination("it")
                        .open(own, diary);
                assertThat(diary.end().cause()).isEqualTo(Cause.NO_CONTENT);
                assertThat(backend.head()).contains("\r\nhost: shop.example\r\n");
            }
        }
    }

    @Test
    void goesOnTryingWhileThereIsNoSuchDestination() throws Exception {
        diary.closesAfter(2);
        diary.source(
                EventSource.of(URI.create("http://shop.example/x"))
                        .destination("it")
                        .open(http, diary));
        assertThat(diary.end().cause()).isEqualTo(Cause.CLOSED);
        assertThat(diary.lines().getFirst()).isEqualTo("interrupted: there is no pool for it");
    }

    @Test
    void refusesAnAddressThatItCannotAsk() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventSource.of(URI.create("/a")).open(http, diary));
    }

    private EventSource open(ScriptedBackend backend) {
        EventSource source = EventSource.of(backend.url("/x")).open(http, diary);
        diary.source(source);
        return source;
    }

    /// Whether the client is still there after this time, in which it has nothing to say.
    private static boolean stays(Socket peer, int millis) throws IOException {
        peer.setSoTimeout(millis);
        try {
            return peer.getInputStream().read() >= 0;
        } catch (SocketTimeoutException e) {
            return true;
        }
    }
}
