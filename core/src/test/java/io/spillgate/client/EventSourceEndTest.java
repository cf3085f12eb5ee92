package io.spillgate.client;

import static io.spillgate.client.ScriptedBackend.STREAM;
import static io.spillgate.client.ScriptedBackend.answers;
import static io.spillgate.client.ScriptedBackend.staysWith;
import static io.spillgate.client.ScriptedBackend.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.client.EventSourceEnd.Cause;
import io.spillgate.client.ScriptedBackend.Scene;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

@Timeout(60)
class EventSourceEndTest {
    private static final Scene NOTHING_MORE = answers("HTTP/1.1 204 No Content\r\n\r\n");

    private final HttpClient http = HttpClient.open();
    private final EventSourceDiary diary = new EventSourceDiary();

    @AfterEach
    void close() {
        http.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503})
    void comesBackAfterAnErrorAndNotBeforeItSaid(int status) throws Exception {
        Scene busy = answers("HTTP/1.1 " + status + " No\r\nRetry-After: 60\r\n\r\nfull");
        try (ScriptedBackend backend =
                new ScriptedBackend(busy, streams("data: a\n\n"), NOTHING_MORE)) {
            open(backend);
            diary.end();
            assertThat(diary.waits().getFirst()).isEqualTo(Duration.ofSeconds(60));
            assertThat(diary.lines())
                    .startsWith(
                            "interrupted: " + backend.url("/x") + " answers " + status + ": full",
                            "opened",
                            "message [a] ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Wed, 21 Oct 2015 07:29:10 GMT",
                "Wednesday, 21-Oct-15 07:29:10 GMT",
                "Wed Oct 21 07:29:10 2015"
            })
    void comesBackNotBeforeTheDateThatAnErrorNamesByTheClockOfTheServer(String when)
            throws Exception {
        Scene busy =
                answers(
                        "HTTP/1.1 503 No\r\nDate: Wed, 21 Oct 2015 07:28:00 GMT\r\nRetry-After: "
                                + when
                                + "\r\n\r\n");
        try (ScriptedBackend backend = new ScriptedBackend(busy, NOTHING_MORE)) {
            open(backend);
            diary.end();
            assertThat(diary.waits().getFirst()).isEqualTo(Duration.ofSeconds(70));
        }
    }

    @Test
    void comparesTheDateWithItsOwnClockWhenTheServerTellsNone() throws Exception {
        String when =
                DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(300));
        Scene busy = answers("HTTP/1.1 503 No\r\nRetry-After: " + when + "\r\n\r\n");
        Scene past =
                answers("HTTP/1.1 503 No\r\nRetry-After: Wed, 21 Oct 2015 07:29:10 GMT\r\n\r\n");
        try (ScriptedBackend backend = new ScriptedBackend(busy, past, NOTHING_MORE)) {
            open(backend);
            diary.end();
            assertThat(diary.waits().getFirst())
                    .isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
            assertThat(diary.waits().get(1)).isLessThan(Duration.ofMinutes(1));
        }
    }

    @ParameterizedTest
    @CsvSource({"gzip, gzip", "'identity, br', 'identity, br'"})
    void endsWithAReasonWhenTheStreamIsCompressed(String sent, String told) throws Exception {
        CompletableFuture<Void> left = new CompletableFuture<>();
        Scene compressed =
                staysWith(
                        STREAM.stripTrailing() + "\r\nContent-Encoding: " + sent + "\r\n\r\n",
                        left);
        try (ScriptedBackend backend = new ScriptedBackend(compressed)) {
            open(backend);
            EventSourceEnd end = diary.end();
            assertThat(end.cause()).isEqualTo(Cause.UNREADABLE);
            assertThat(end.message())
                    .startsWith("cannot read the stream: its Content-Encoding is " + told + ", ");
            assertThat(diary.lines()).doesNotContain("opened");
            left.get();
        }
    }

    @Test
    void readsAStreamThatSaysItIsNotCompressed() throws Exception {
        Scene plain =
                answers(
                        STREAM.stripTrailing()
                                + "\r\nContent-Encoding: identity\r\n\r\ndata: a\n\n");
        try (ScriptedBackend backend = new ScriptedBackend(plain, NOTHING_MORE)) {
            open(backend);
            diary.end();
            assertThat(diary.lines()).startsWith("opened", "message [a] ");
        }
    }

    @Test
    void endsAtAnErrorWhenToldTo() throws Exception {
        try (ScriptedBackend backend =
                new ScriptedBackend(answers("HTTP/1.1 503 No\r\nRetry-After: 1\r\n\r\n"))) {
            EventSource.of(backend.url("/x")).endsOnErrors().open(http, diary);
            assertThat(diary.end())
                    .isEqualTo(
                            new EventSourceEnd(
                                    Cause.REFUSED, 503, backend.url("/x") + " answers 503"));
        }
    }

    @Test
    void endsWhenItIsRefusedAndTellsTheReason() throws Exception {
        String answer = "HTTP/1.1 404 No\r\nContent-Length: 8\r\n\r\nno topic";
        try (ScriptedBackend backend = new ScriptedBackend(answers(answer))) {
            open(backend);
            assertThat(diary.end())
                    .isEqualTo(
                            new EventSourceEnd(
                                    Cause.REFUSED,
                                    404,
                                    backend.url("/x") + " answers 404: no topic"));
        }
    }

    @Test
    void doesNotWaitForTheEndOfARefusal() throws Exception {
        CompletableFuture<Void> left = new CompletableFuture<>();
        Scene endless = staysWith("HTTP/1.1 403 No\r\n\r\n" + "x".repeat(5000), left);
        try (ScriptedBackend backend = new ScriptedBackend(endless)) {
            open(backend);
            assertThat(diary.end().message()).endsWith(": " + "x".repeat(500));
            left.get();
        }
    }

    @Test
    void doesNotWaitForARefusalThatStalls() throws Exception {
        CompletableFuture<Void> left = new CompletableFuture<>();
        Scene stalled = staysWith("HTTP/1.1 403 No\r\n\r\nbecause", left);
        try (ScriptedBackend backend = new ScriptedBackend(stalled)) {
            open(backend);
            assertThat(diary.end().message()).endsWith("answers 403: because");
            left.get();
        }
    }

    @Test
    void doesNotFollowARedirection() throws Exception {
        Scene moved = answers("HTTP/1.1 302 Found\r\nLocation: /other\r\n\r\n");
        try (ScriptedBackend backend = new ScriptedBackend(moved, NOTHING_MORE)) {
            open(backend);
            assertThat(diary.end().message()).endsWith("answers 302, go to /other");
            backend.head();
            assertThat(backend.unreadHeads()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: text/html\r\n",
                "Content-Type: text/event-streams\r\n",
                "Content-Type: application/json; text/event-stream\r\n",
                ""
            })
    void endsAtWhatIsNotAnEventStream(String type) throws Exception {
        try (ScriptedBackend backend =
                new ScriptedBackend(answers("HTTP/1.1 200 OK\r\n" + type + "\r\ndata: a\n\n"))) {
            open(backend);
            assertThat(diary.end().cause()).isEqualTo(Cause.NOT_AN_EVENT_STREAM);
            assertThat(diary.lines()).hasSize(1);
        }
    }

    @Test
    void takesAnyCaseOfTheContentType() throws Exception {
        Scene stream =
                answers("HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream\r\n\r\ndata: a\n\n");
        try (ScriptedBackend backend = new ScriptedBackend(stream, NOTHING_MORE)) {
            open(backend);
            diary.end();
            assertThat(diary.lines()).contains("message [a] ");
        }
    }

    @Test
    void endsAtAnEventThatIsTooLong() throws Exception {
        CompletableFuture<Void> left = new CompletableFuture<>();
        String events = "data: a\n\ndata: " + "x".repeat(3000) + "\n\ndata: b\n\n";
        try (ScriptedBackend backend = new ScriptedBackend(staysWith(STREAM + events, left))) {
            EventSource.of(backend.url("/")).maxEventBytes(2000).open(http, diary);
            assertThat(diary.end().cause()).isEqualTo(Cause.UNREADABLE);
            assertThat(diary.lines()).contains("message [a] ").doesNotContain("message [b] ");
            left.get();
        }
    }

    @Test
    void cutsTheConnectionWhenItIsClosed() throws Exception {
        CompletableFuture<Void> left = new CompletableFuture<>();
        Scene stream = staysWith(STREAM + "data: a\n\n", left);
        try (ScriptedBackend backend = new ScriptedBackend(stream)) {
            EventSource source = open(backend);
            diary.awaitLine("message [a] ");
            source.close();
            source.close();
            assertThat(diary.end()).isEqualTo(new EventSourceEnd(Cause.CLOSED, 0, "closed"));
            left.get();
            assertThat(diary.lines()).filteredOn(line -> line.startsWith("ended")).hasSize(1);
        }
    }

    @Test
    void doesNotComeBackWhenItIsClosedWhileItWaits() throws Exception {
        diary.closesAfter(1);
        try (ScriptedBackend backend = new ScriptedBackend(streams(""), NOTHING_MORE)) {
            EventSource source = open(backend);
            assertThat(diary.end().cause()).isEqualTo(Cause.CLOSED);
            source.reconnect();
            backend.head();
            http.send(Request.get(backend.url("/second"))).get();
            assertThat(backend.head()).startsWith("GET /second ");
        }
    }

    @Test
    void endsWithItsClient() throws Exception {
        CompletableFuture<Void> left = new CompletableFuture<>();
        try (ScriptedBackend backend =
                new ScriptedBackend(staysWith(STREAM + "data: a\n\n", left))) {
            open(backend);
            diary.awaitLine("message [a] ");
            http.close();
            assertThat(diary.end().cause()).isEqualTo(Cause.CLOSED);
            left.get();
        }
    }

    @Test
    void endsWhenItsListenerFails() throws Exception {
        CompletableFuture<Void> left = new CompletableFuture<>();
        CompletableFuture<EventSourceEnd> end = new CompletableFuture<>();
        try (ScriptedBackend backend =
                new ScriptedBackend(staysWith(STREAM + "data: a\n\ndata: b\n\n", left))) {
            EventSource.of(backend.url("/"))
                    .open(
                            http,
                            new EventSourceListener() {
                                @Override
                                public void event(ServerSentEvent event) {
                                    throw new IllegalStateException("at " + event.data());
                                }

                                @Override
                                public void ended(EventSourceEnd why) {
                                    end.complete(why);
                                }
                            });
            assertThat(end.get().cause()).isEqualTo(Cause.LISTENER);
            assertThat(end.get().message()).contains("at a");
            left.get();
        }
    }

    @Test
    void leavesWhenTheExecutorTakesNothingAnyMore() throws Exception {
        CompletableFuture<Void> left = new CompletableFuture<>();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        executor.shutdown();
        try (ScriptedBackend backend =
                new ScriptedBackend(staysWith(STREAM + "data: a\n\n", left))) {
            EventSource.of(backend.url("/")).on(executor).open(http, diary);
            left.get();
        }
    }

    private EventSource open(ScriptedBackend backend) {
        EventSource source = EventSource.of(backend.url("/x")).open(http, diary);
        diary.source(source);
        return source;
    }
}
