package io.spillgate.client;

import static io.spillgate.client.ScriptedBackend.STREAM;
import static io.spillgate.client.ScriptedBackend.answers;
import static io.spillgate.client.ScriptedBackend.send;
import static io.spillgate.client.ScriptedBackend.staysWith;
import static io.spillgate.client.ScriptedBackend.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.client.EventSourceEnd.Cause;
import io.spillgate.client.ScriptedBackend.Scene;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

@Timeout(60)
class EventSourceSlowListenerTest {
    private static final Scene NOTHING_MORE = answers("HTTP/1.1 204 No Content\r\n\r\n");

    private final HttpClient http = HttpClient.open();
    private final EventSourceDiary diary = new EventSourceDiary();

    @AfterEach
    void close() {
        http.close();
    }

    @Test
    void callsItsListenerInOrderOnManyThreads() throws Exception {
        StringBuilder events = new StringBuilder();
        IntStream.range(0, 20_000).forEach(i -> events.append("data: ").append(i).append("\n\n"));
        try (ScriptedBackend backend =
                        new ScriptedBackend(streams(events.toString()), NOTHING_MORE);
                ExecutorService executor = Executors.newFixedThreadPool(4)) {
            diary.source(EventSource.of(backend.url("/")).on(executor).open(http, diary));
            diary.end();
            List<String> expected =
                    IntStream.range(0, 20_000).mapToObj(i -> "message [" + i + "] ").toList();
            assertThat(diary.lines())
                    .filteredOn(line -> line.startsWith("message"))
                    .isEqualTo(expected);
        }
    }

    @Test
    void pausesTheServerWhileItsListenerIsSlow() throws Exception {
        int count = 64 * 1024;
        AtomicLong sent = new AtomicLong();
        CountDownLatch slow = new CountDownLatch(1);
        AtomicLong heard = new AtomicLong();
        CompletableFuture<EventSourceEnd> end = new CompletableFuture<>();
        EventSourceListener listener =
                new EventSourceListener() {
                    @Override
                    public void event(ServerSentEvent event) {
                        await(slow);
                        assertThat(event.data()).startsWith(heard.getAndIncrement() + " ");
                    }

                    @Override
                    public void ended(EventSourceEnd why) {
                        end.complete(why);
                    }
                };
        try (ScriptedBackend backend =
                        new ScriptedBackend(peer -> flood(peer, count, sent), NOTHING_MORE);
                ExecutorService executor = Executors.newSingleThreadExecutor()) {
            EventSource.of(backend.url("/"))
                    .on(executor)
                    .retry(Duration.ZERO, Duration.ZERO)
                    .open(http, listener);
            long before = -1;
            while (before < 0 || sent.get() > before) {
                before = sent.get();
                assertThat(slow.await(300, TimeUnit.MILLISECONDS)).isFalse();
            }
            assertThat(sent.get()).isLessThan(count);
            slow.countDown();
            assertThat(end.get().cause()).isEqualTo(Cause.NO_CONTENT);
            assertThat(heard.get()).isEqualTo(count);
        }
    }

    @Test
    void doesNotTakeItsOwnPauseForSilence() throws Exception {
        StringBuilder events = new StringBuilder(STREAM);
        for (int i = 0; i < 1000; i++) {
            events.append("data: ").append("x".repeat(1000)).append("\n\n");
        }
        Scene silent = staysWith(events.toString(), new CompletableFuture<>());
        CountDownLatch slow = new CountDownLatch(1);
        try (ScriptedBackend backend = new ScriptedBackend(silent, NOTHING_MORE);
                ExecutorService executor = Executors.newSingleThreadExecutor()) {
            executor.execute(() -> await(slow));
            diary.source(
                    EventSource.of(backend.url("/x"))
                            .on(executor)
                            .readTimeout(Duration.ofSeconds(1))
                            .open(http, diary));
            assertThat(slow.await(2, TimeUnit.SECONDS)).isFalse();
            slow.countDown();
            diary.end();
            assertThat(diary.lines())
                    .filteredOn(line -> !line.equals("flush"))
                    .hasSize(1003)
                    .endsWith("interrupted: nothing came for 1s", "ended: NO_CONTENT 204");
        }
    }

    @Test
    void doesNotComeBackBeforeItsListenerHasTakenWhatCame() throws Exception {
        String event = "data: " + "x".repeat(100_000) + "\n\n";
        Scene one =
                answers(
                        STREAM.replace("\r\n\r\n", "\r\nContent-Length: ")
                                + (event.length() + "retry: 1\n".length())
                                + "\r\n\r\nretry: 1\n"
                                + event);
        CountDownLatch slow = new CountDownLatch(1);
        diary.waitsAsTold();
        try (ScriptedBackend backend = new ScriptedBackend(one, NOTHING_MORE);
                ExecutorService executor = Executors.newSingleThreadExecutor()) {
            executor.execute(() -> await(slow));
            EventSource.of(backend.url("/x")).on(executor).open(http, diary);
            backend.head();
            assertThat(slow.await(1, TimeUnit.SECONDS)).isFalse();
            assertThat(backend.unreadHeads()).isZero();
            slow.countDown();
            backend.head();
            assertThat(diary.end().cause()).isEqualTo(Cause.NO_CONTENT);
        }
    }

    private static void flood(Socket peer, int count, AtomicLong sent) throws IOException {
        send(peer, STREAM);
        String filler = "x".repeat(1000);
        for (int i = 0; i < count; i++) {
            send(peer, "data: " + i + " " + filler + "\n\n");
            sent.incrementAndGet();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
