package io.spillgate.client;

import static io.spillgate.client.ScriptedBackend.answers;
import static io.spillgate.client.ScriptedBackend.send;
import static io.spillgate.client.ScriptedBackend.staysWith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.channel.EventLoop;
import io.spillgate.client.pool.Failure;
import io.spillgate.client.pool.Pool;
import io.spillgate.client.pool.PoolFailure;
import io.spillgate.client.pool.Pools;
import io.spillgate.client.pool.Target;
import io.spillgate.config.DestinationConfig;
import io.spillgate.config.HostPoolConfig;
import io.spillgate.config.IoMode;
import io.spillgate.net.Loops;
import io.spillgate.net.Transport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

@Timeout(60)
class HttpClientTest {
    private final HttpClient http = HttpClient.open();

    @AfterEach
    void close() {
        http.close();
    }

    @Test
    void bringsAWholeAnswer() throws Exception {
        String text =
                "HTTP/1.1 418 Teapot\r\nContent-Length: 6\r\nX-A: 1\r\nx-a: 2\r\n"
                        + "Content-Type: text/plain\r\n\r\nhé lo";
        try (ScriptedBackend backend = new ScriptedBackend(answers(text))) {
            Response answer = http.send(Request.get(backend.url("/a?b"))).get();
            assertThat(answer.status()).isEqualTo(418);
            assertThat(answer.text()).isEqualTo("hé lo");
            assertThat(answer.body()).isEqualTo("hé lo".getBytes(UTF_8));
            assertThat(answer.header("X-a")).contains("1");
            assertThat(answer.headers("X-A")).containsExactly("1", "2");
            assertThat(answer.header("X-B")).isEmpty();
            assertThat(backend.head())
                    .startsWith("GET /a?b HTTP/1.1\r\n")
                    .contains("\r\nhost: 127.0.0.1:" + backend.port() + "\r\n");
        }
    }

    @Test
    void readsTextInTheCharsetThatTheAnswerNames() throws Exception {
        ScriptedBackend.Scene latin =
                peer -> {
                    send(peer, "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=latin1\r\n");
                    send(peer, "Content-Length: 1\r\n\r\n");
                    peer.getOutputStream().write(0xe9);
                };
        try (ScriptedBackend backend = new ScriptedBackend(latin)) {
            assertThat(http.send(Request.get(backend.url("/"))).get().text()).isEqualTo("é");
        }
    }

    @Test
    void sendsABodyWithItsLength() throws Exception {
        CompletableFuture<String> body = new CompletableFuture<>();
        ScriptedBackend.Scene reads =
                peer -> {
                    body.complete(new String(peer.getInputStream().readNBytes(5), UTF_8));
                    send(peer, "HTTP/1.1 204 No Content\r\n\r\n");
                };
        try (ScriptedBackend backend = new ScriptedBackend(reads)) {
            Request message =
                    Request.post(backend.url("/"), "hello".getBytes(UTF_8)).header("X-A", "1");
            assertThat(http.send(message).get().status()).isEqualTo(204);
            assertThat(body.get()).isEqualTo("hello");
            assertThat(backend.head())
                    .startsWith("POST / HTTP/1.1\r\n")
                    .containsIgnoringCase("\r\nContent-Length: 5\r\n")
                    .contains("\r\nX-A: 1\r\n");
        }
    }

    @Test
    void bringsAnAnswerThatJustFits() throws Exception {
        try (ScriptedBackend backend =
                new ScriptedBackend(answers("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(100_000)))) {
            Request message = Request.get(backend.url("/")).maxAnswerBytes(100_000);
            assertThat(http.send(message).get().body()).hasSize(100_000);
        }
    }

    @Test
    void failsWhenTheAnswerIsTooLongAndLeaves() throws Exception {
        CompletableFuture<Void> left = new CompletableFuture<>();
        try (ScriptedBackend backend =
                new ScriptedBackend(staysWith("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(11), left))) {
            Request message = Request.get(backend.url("/")).maxAnswerBytes(10);
            assertThat(failureOf(http.send(message)).cause()).isEqualTo(PoolFailure.TOO_LARGE);
            left.get();
        }
    }

    @Test
    void tellsThatNobodyListens() throws Exception {
        URI url;
        try (ScriptedBackend gone = new ScriptedBackend()) {
            url = gone.url("/");
        }
        Failure failure = failureOf(http.send(Request.get(url)));
        assertThat(failure.cause()).isEqualTo(PoolFailure.CONNECT_REFUSED);
        assertThat(failure.message()).contains("127.0.0.1:" + url.getPort());
    }

    @Test
    void cutsARunningRequestThatIsTakenBack() throws Exception {
        CompletableFuture<Void> left = new CompletableFuture<>();
        try (ScriptedBackend backend = new ScriptedBackend(staysWith("", left))) {
            CompletableFuture<Response> answer = http.send(Request.get(backend.url("/")));
            backend.head();
            answer.cancel(false);
            left.get();
        }
    }

    @Test
    void cutsARequestThatTakesTooLong() throws Exception {
        CompletableFuture<Void> left = new CompletableFuture<>();
        try (ScriptedBackend backend = new ScriptedBackend(staysWith("", left))) {
            CompletableFuture<Response> answer =
                    http.send(Request.get(backend.url("/"))).orTimeout(50, TimeUnit.MILLISECONDS);
            assertThatThrownBy(answer::get).hasCauseInstanceOf(TimeoutException.class);
            left.get();
        }
    }

    @Test
    void neverSendsARequestThatIsTakenBackInTime() throws Exception {
        try (ScriptedBackend backend = new ScriptedBackend(answers("HTTP/1.1 204 None\r\n\r\n"));
                Loops loops = new Loops(Transport.of(IoMode.NIO), 1);
                Pools pools = new Pools(loops, HostPoolConfig.DEFAULT, Map.of())) {
            HttpClient borrowed = HttpClient.over(loops, pools);
            CountDownLatch busy = new CountDownLatch(1);
            loops.all().getFirst().execute(() -> await(busy));
            borrowed.send(Request.get(backend.url("/first"))).cancel(false);
            busy.countDown();
            borrowed.send(Request.get(backend.url("/second"))).get();
            assertThat(backend.head()).startsWith("GET /second ");
        }
    }

    @Test
    void failsWhatRunsWhenItIsClosed() throws Exception {
        CompletableFuture<Void> left = new CompletableFuture<>();
        try (ScriptedBackend backend = new ScriptedBackend(staysWith("", left))) {
            CompletableFuture<Response> answer = http.send(Request.get(backend.url("/")));
            backend.head();
            http.close();
            assertThat(failureOf(answer).cause()).isEqualTo(PoolFailure.CLOSED);
            left.get();
        }
    }

    @Test
    void refusesToSendWhenItIsClosed() throws Exception {
        URI url = URI.create("http://127.0.0.1:1/");
        Pool pool = http.pools().host(Target.of(url)).orElseThrow();
        http.close();
        assertThat(failureOf(http.send(pool, Request.get(url))).cause())
                .isEqualTo(PoolFailure.CLOSED);
        assertThat(http.send(Request.get(url))).isCompletedExceptionally();
    }

    @Test
    void leavesTheLoopsOfOthersAlone() throws Exception {
        try (ScriptedBackend backend = new ScriptedBackend(answers("HTTP/1.1 204 None\r\n\r\n"));
                Loops loops = new Loops(Transport.of(IoMode.NIO), 1);
                Pools pools = new Pools(loops, HostPoolConfig.DEFAULT, Map.of())) {
            HttpClient borrowed = HttpClient.over(loops, pools);
            borrowed.close();
            assertThat(borrowed.send(Request.get(backend.url("/"))).get().status()).isEqualTo(204);
        }
    }

    @Test
    void goesThroughAnyPoolWithTheHostOfTheUrl() throws Exception {
        try (ScriptedBackend backend = new ScriptedBackend(answers("HTTP/1.1 204 None\r\n\r\n"))) {
            Map<String, DestinationConfig> named =
                    Map.of("it", DestinationConfig.of(List.of("127.0.0.1:" + backend.port())));
            try (HttpClient own = HttpClient.open(HostPoolConfig.DEFAULT, named)) {
                Pool pool = own.pools().destination("it").orElseThrow();
                Request message = Request.get(URI.create("http://shop.example/x"));
                assertThat(own.send(pool, message).get().status()).isEqualTo(204);
                assertThat(backend.head())
                        .startsWith("GET /x ")
                        .contains("\r\nhost: shop.example\r\n");
            }
        }
    }

    @Test
    void staysOnTheLoopThatAsks() throws Exception {
        try (ScriptedBackend backend = new ScriptedBackend(answers("HTTP/1.1 204 None\r\n\r\n"))) {
            EventLoop loop = http.loop();
            CompletableFuture<Boolean> same = new CompletableFuture<>();
            loop.execute(() ->
                    http.send(Request.get(backend.url("/")))
                            .thenAccept(answer -> same.complete(loop.inEventLoop())));
            assertThat(same.get()).isTrue();
        }
    }

    @Test
    void spreadsRequestsOfOtherThreadsOverAllLoops() {
        List<EventLoop> loops = new ArrayList<>();
        int all = Runtime.getRuntime().availableProcessors();
        for (int i = 0; i < all; i++) {
            loops.add(http.loop());
        }
        assertThat(loops).doesNotHaveDuplicates();
        assertThat(http.loop()).isSameAs(loops.getFirst());
    }

    @Test
    void failsWhenThereAreAsManyHostsAsMayBe() throws IOException {
        HostPoolConfig usual = HostPoolConfig.DEFAULT;
        HostPoolConfig one =
                new HostPoolConfig(usual.pool(), usual.idleTimeout(), 1, usual.client(), List.of());
        try (HttpClient small = HttpClient.open(one, Map.of());
                ScriptedBackend backend =
                        new ScriptedBackend(answers("HTTP/1.1 204 None\r\n\r\n"))) {
            small.send(Request.get(backend.url("/"))).join();
            Request second = Request.get(URI.create("http://127.0.0.2:" + backend.port() + "/"));
            assertThat(failureOf(small.send(second)).message()).contains("max-pools");
        }
    }

    private static Failure failureOf(CompletableFuture<Response> answer) {
        try {
            throw new AssertionError("an answer: " + answer.get().status());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RequestFailure thrown) {
                return thrown.failure();
            }
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
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
