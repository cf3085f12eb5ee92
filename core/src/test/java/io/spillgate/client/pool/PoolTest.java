package io.spillgate.client.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.config.ClientConfig;
import io.spillgate.config.DestinationConfig;
import io.spillgate.config.HostPoolConfig;
import io.spillgate.config.IoMode;
import io.spillgate.metrics.PoolReport;
import io.spillgate.net.Loops;
import io.spillgate.net.Transport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

final class PoolTest {
    private final Loops loops = new Loops(Transport.of(IoMode.AUTO), 2);
    private final List<AutoCloseable> closing = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : closing) {
            one.close();
        }
        loops.close();
    }

    @Test
    void sendsAGetAndGivesBackTheAnswer() throws Exception {
        Origin origin = origin((_, _, to) -> Origin.ok(to, "hello"));
        Pool pool = pool(origin.port());

        Heard heard = get(pool, 0, "/a?b=c");

        assertThat(heard.outcome()).isEqualTo("200 hello");
        assertThat(origin.requests())
                .containsExactly(
                        """
                        GET /a?b=c HTTP/1.1\r
                        Host: test\r
                        User-Agent: %s\r
                        \r
                        """
                                .formatted(ClientConfig.DEFAULT.userAgentHeader()));
    }

    @Test
    void usesOneConnectionForRequestsThatFollowEachOther() throws Exception {
        Origin origin = origin((number, _, to) -> Origin.ok(to, "" + number));
        Pool pool = pool(origin.port());

        for (int i = 1; i <= 20; i++) {
            assertThat(get(pool, i % 2, "/").outcome()).isEqualTo("200 " + i);
        }

        assertThat(origin.connections()).isEqualTo(1);
    }

    @Test
    void streamsABodyWhoseLengthIsNotKnown() throws Exception {
        Origin origin = origin((_, request, to) -> Origin.ok(to, tail(request)));
        Pool pool = pool(origin.port());
        Call[] call = new Call[1];
        EventLoop loop = loops.all().get(1);
        Heard heard =
                new Heard(writable -> {
                    if (writable) {
                        call[0].write(Unpooled.copiedBuffer("abc", StandardCharsets.US_ASCII));
                        call[0].write(Unpooled.copiedBuffer("defg", StandardCharsets.US_ASCII));
                        call[0].end(EmptyHttpHeaders.INSTANCE);
                    }
                });
        loop.execute(() ->
                call[0] =
                        pool.send(
                                loop,
                                new PoolRequest("POST", "/", host(), new Body.Streamed(-1)),
                                heard));

        assertThat(heard.outcome()).isEqualTo("200 3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
    }

    @Test
    void refusesWhatIsBeyondTheQueueAndTellsTheNumbers() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        Origin origin =
                origin((_, _, to) -> {
                    await(go);
                    return Origin.ok(to, "x");
                });
        Pool pool =
                pool(
                        new DestinationConfigs()
                                .queue(3)
                                .connections(2)
                                .depth(2)
                                .of("127.0.0.1:" + origin.port()));
        List<Heard> all = IntStream.range(0, 10).mapToObj(i -> get(pool, i % 2, "/" + i)).toList();
        while (pool.report().requests() < 10 || pool.report().inFlight() < 4) {
            Thread.onSpinWait();
        }

        PoolReport report = pool.report();
        assertThat(report.inFlight()).isEqualTo(4);
        assertThat(report.queued()).isEqualTo(3);
        go.countDown();
        List<String> outcomes = all.stream().map(Heard::outcome).toList();
        assertThat(outcomes.stream().filter("200 x"::equals)).hasSize(7);
        assertThat(outcomes.stream().filter(text -> text.startsWith("QUEUE_FULL: test: full: ")))
                .hasSize(3);
    }

    @Test
    void repeatsAGetOnAConnectionThatTheBackendHadClosed() throws Exception {
        Origin origin =
                origin((number, _, to) -> {
                    if (number == 2) {
                        return false;
                    }
                    return Origin.ok(to, "" + number);
                });
        Pool pool = pool(origin.port());

        assertThat(get(pool, 0, "/").outcome()).isEqualTo("200 1");
        assertThat(get(pool, 0, "/").outcome()).isEqualTo("200 3");
        assertThat(origin.connections()).isEqualTo(2);
        assertThat(pool.report().replays()).isEqualTo(1);
        assertThat(pool.report().retries()).isZero();
    }

    @Test
    void failsInOneRoundWhenNobodyListens() throws Exception {
        int port;
        try (Origin gone = new Origin((_, _, _) -> false)) {
            port = gone.port();
        }
        Pool pool = pool(port);

        assertThat(get(pool, 0, "/").outcome())
                .isEqualTo("CONNECT_REFUSED: test: no connection to any of its addresses");
        assertThat(get(pool, 0, "/").outcome()).startsWith("BACKOFF: ");
    }

    private Heard get(Pool pool, int loopNumber, String target) {
        Heard heard = new Heard();
        EventLoop loop = loops.all().get(loopNumber);
        loop.execute(
                () -> pool.send(loop, new PoolRequest("GET", target, host(), Body.NONE), heard));
        return heard;
    }

    private Origin origin(Origin.Script script) throws IOException {
        Origin origin = new Origin(script);
        closing.add(origin);
        return origin;
    }

    private Pool pool(int port) {
        return pool(DestinationConfig.of(List.of("127.0.0.1:" + port)));
    }

    private Pool pool(DestinationConfig config) {
        Pools pools = new Pools(loops, HostPoolConfig.DEFAULT, Map.of("test", config));
        closing.add(pools);
        return pools.destination("test").orElseThrow();
    }

    private static HttpHeaders host() {
        return new DefaultHttpHeaders().set("Host", "test");
    }

    private static String tail(String request) {
        return request.substring(request.indexOf("\r\n\r\n") + 4);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
