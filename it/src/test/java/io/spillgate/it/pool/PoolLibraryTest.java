package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.client.pool.Body;
import io.spillgate.client.pool.Call;
import io.spillgate.client.pool.Failure;
import io.spillgate.client.pool.Pool;
import io.spillgate.client.pool.PoolFailure;
import io.spillgate.client.pool.PoolRequest;
import io.spillgate.client.pool.Pools;
import io.spillgate.client.pool.Receiver;
import io.spillgate.client.pool.Target;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.IoMode;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.metrics.PoolReport;
import io.spillgate.net.Loops;
import io.spillgate.net.Transport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// What a Java program sees of a pool that no client of the gateway can see.
final class PoolLibraryTest {
    private final Loops loops = new Loops(Transport.of(IoMode.NIO), 2);

    @AfterEach
    void stop() {
        loops.close();
    }

    @Test
    void cutsAnAnswerWhoseReaderDoesNotBegin() {
        Backend.Script large =
                (request, reply) -> {
                    reply.sendLines("HTTP/1.1 200 OK\nContent-Length: 10000000\n\n");
                    reply.send("x".repeat(1000));
                    reply.hang();
                };
        try (Backend backend = Backend.start(large);
                Pools pools = pools(backend, "200ms")) {
            Heard heard = new Heard(call -> call.read(false));
            heard.send(pool(pools), loops.all().getFirst());
            assertThat(heard.end()).isEqualTo("failed NOT_READ");
            backend.awaitOpen(0);
        }
    }

    @Test
    void doesNotCutAnAnswerWhoseReaderHasBegunAndPauses() {
        Backend.Script slow =
                (request, reply) -> {
                    reply.sendLines("HTTP/1.1 200 OK\nContent-Length: 10\n\n01234");
                    long start = System.nanoTime();
                    Await.until("time passes", () -> System.nanoTime() - start > 700_000_000L);
                    reply.send("56789");
                };
        try (Backend backend = Backend.start(slow);
                Pools pools = pools(backend, "200ms")) {
            Heard heard = new Heard(call -> call.read(true));
            heard.send(pool(pools), loops.all().getFirst());
            assertThat(heard.end()).isEqualTo("end");
            assertThat(heard.content()).isEqualTo("0123456789");
        }
    }

    @Test
    void doesNotWaitForAReaderWhereThereIsNothingToRead() {
        try (Backend backend = Backend.saying("");
                Pools pools = pools(backend, "200ms")) {
            Heard heard = new Heard(call -> call.read(false));
            heard.send(pool(pools), loops.all().getFirst());
            assertThat(heard.end()).isEqualTo("end");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void tellsEverythingOnTheLoopOfTheCall(int number) {
        try (Backend backend = Backend.saying("fine");
                Pools pools = pools(backend, "1s")) {
            for (int i = 0; i < 5; i++) {
                EventLoop loop = loops.all().get((number + i) % 2);
                Heard heard = new Heard(call -> {});
                heard.send(pool(pools), loop);
                assertThat(heard.end()).isEqualTo("end");
                assertThat(heard.content()).isEqualTo("fine");
                assertThat(heard.strangers()).isEmpty();
            }
            assertThat(backend.total()).isEqualTo(1);
        }
    }

    @Test
    void hearsNothingMoreOnceItHasCancelled() {
        Backend.Script half =
                (request, reply) -> {
                    reply.sendLines("HTTP/1.1 200 OK\nContent-Length: 10\n\n01234");
                    reply.hang();
                };
        try (Backend backend = Backend.start(half);
                Pools pools = pools(backend, "1s")) {
            Heard heard = new Heard(Call::cancel);
            heard.send(pool(pools), loops.all().getFirst());
            backend.awaitRequests(1);
            backend.awaitOpen(0);
            Await.until("nothing runs", () -> report(pools).inFlight() == 0);
            assertThat(heard.events()).containsExactly("head 200");
        }
    }

    @Test
    void failsWhatWaitsAndWhatRunsWhenItIsClosed() {
        try (Backend backend = Backend.start((request, reply) -> reply.hang())) {
            Pools pools = pools(backend, "1s");
            Heard running = new Heard(call -> {});
            running.send(pool(pools), loops.all().getFirst());
            backend.awaitRequests(1);
            Heard waiting = new Heard(call -> {});
            waiting.send(pool(pools), loops.all().getLast());
            Await.until("it waits", () -> report(pools).queued() == 1);
            pools.close();
            assertThat(running.end()).startsWith("failed ");
            assertThat(waiting.end()).isEqualTo("failed CLOSED");
            backend.awaitOpen(0);
            assertThat(pools.host(new Target(false, "127.0.0.1", 1))).isEmpty();
        }
    }

    @Test
    void dumpsWhatIsOutstanding() {
        try (Backend backend = Backend.start((request, reply) -> reply.hang());
                Pools pools = pools(backend, "1s")) {
            new Heard(call -> {}).send(pool(pools), loops.all().getFirst());
            backend.awaitRequests(1);
            new Heard(call -> {}).send(pool(pools), loops.all().getFirst());
            Await.until("one waits", () -> report(pools).queued() == 1);
            assertThat(report(pools).outstanding())
                    .extracting(PoolReport.Outstanding::state)
                    .containsExactlyInAnyOrder("running", "waiting");
            assertThat(report(pools).outstanding())
                    .extracting(PoolReport.Outstanding::target)
                    .containsOnly("/path");
        }
    }

    private Pools pools(Backend backend, String subscriptionTimeout) {
        String keys =
                "backend-connections-per-ip-port = 1\nresponse-entity-subscription-timeout = \"%s\""
                        .formatted(subscriptionTimeout);
        GatewayConfig config =
                TestGateway.config(PoolGateway.destination("x", List.of(backend.address()), keys));
        return new Pools(loops, config.hostConnectionPool(), config.httpDestinations());
    }

    private static Pool pool(Pools pools) {
        return pools.destination("x").orElseThrow();
    }

    private static PoolReport report(Pools pools) {
        return pool(pools).report();
    }

    /// Writes down what it is told, and does something at the head of the answer.
    private static final class Heard implements Receiver {
        private final Consumer<Call> atHead;
        private final List<String> events = new CopyOnWriteArrayList<>();
        private final List<String> strangers = new CopyOnWriteArrayList<>();
        private final List<String> content = new CopyOnWriteArrayList<>();
        private final CompletableFuture<String> end = new CompletableFuture<>();
        private final CompletableFuture<Call> call = new CompletableFuture<>();
        private final CompletableFuture<EventLoop> loop = new CompletableFuture<>();

        Heard(Consumer<Call> atHead) {
            this.atHead = atHead;
        }

        void send(Pool pool, EventLoop on) {
            loop.complete(on);
            HttpHeaders headers = new DefaultHttpHeaders().set("Host", "test");
            PoolRequest request = new PoolRequest("GET", "/path?secret=1", headers, Body.NONE);
            on.execute(() -> call.complete(pool.send(on, request, this)));
        }

        List<String> events() {
            return List.copyOf(events);
        }

        List<String> strangers() {
            return List.copyOf(strangers);
        }

        String content() {
            return String.join("", content);
        }

        /// Waits for the last thing it is told.
        String end() {
            try {
                return end.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError("heard only " + events, e);
            }
        }

        @Override
        public void writable(boolean writable) {
            heard(writable ? "writable" : "enough");
        }

        @Override
        public void interim(int status, HttpHeaders headers) {
            heard("interim " + status);
        }

        @Override
        public void head(int status, String reason, HttpHeaders headers) {
            heard("head " + status);
            atHead.accept(call.join());
        }

        @Override
        public void content(ByteBuf piece) {
            heard("content");
            content.add(piece.toString(StandardCharsets.ISO_8859_1));
        }

        @Override
        public void end(HttpHeaders trailers, boolean requestSent) {
            heard("end");
            end.complete("end");
        }

        @Override
        public void failed(Failure failure) {
            PoolFailure cause = failure.cause();
            heard("failed " + cause.name());
            end.complete("failed " + cause.name());
        }

        private void heard(String event) {
            events.add(event);
            if (!loop.join().inEventLoop()) {
                strangers.add(event);
            }
        }
    }
}
