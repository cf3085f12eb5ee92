package io.spillgate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.client.pool.Pools;
import io.spillgate.config.HostPoolConfig;
import io.spillgate.config.IoMode;
import io.spillgate.config.RouteConfig;
import io.spillgate.config.WebsocketConfig;
import io.spillgate.http.TestStream;
import io.spillgate.metrics.Cells;
import io.spillgate.metrics.Metrics;
import io.spillgate.net.Loops;
import io.spillgate.net.Transport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// A request on its way to a real backend, whose client is a stream without a socket.
@Timeout(30)
final class ForwarderTest {
    private static final long STALL_NANOS = 1_000_000;

    private final Loops loops = new Loops(Transport.of(IoMode.NIO), 1);
    private final EventLoop loop = loops.all().getFirst();
    private final Pools pools = new Pools(loops, HostPoolConfig.DEFAULT, Map.of());
    private final Backends backends = new Backends(pools);
    private final CompletableFuture<String> failed = new CompletableFuture<>();
    private final CompletableFuture<String> head = new CompletableFuture<>();
    private final List<String> refusals = new ArrayList<>();
    private final Cells cells = new Metrics(1).outside();
    private ServerSocket backend;
    private String answer = "";

    @BeforeEach
    void start() throws IOException {
        backend = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
    }

    @AfterEach
    void stop() throws IOException {
        backend.close();
        pools.close();
        loops.close();
    }

    @Test
    void passesTheAnswerOnWithTheFieldsOfThePolicy() {
        answer = "HTTP/1.1 203 Hm\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello";
        TestStream stream = forward(TestStream.of(loop, "GET", "/x?y", "X-Q", "1"));
        assertThat(stream.over.join()).isEqualTo("end");
        assertThat(stream.told).startsWith("begin 203", "write hello").endsWith("end");
        assertThat(stream.field("X-A")).isEqualTo("b");
        assertThat(stream.field("X-Policy")).isEqualTo("p");
        assertThat(head.join()).startsWith("GET /x?y HTTP/1.1\r\nHost: ").contains("X-Q: 1\r\n");
    }

    @Test
    void tellsAFailureWhereThereIsNoAnswer() {
        answer = "nonsense\r\n\r\n";
        TestStream stream = forward(TestStream.of(loop, "GET", "/"));
        assertThat(failed.join()).startsWith("502 ");
        assertThat(stream.told).isEmpty();
    }

    @Test
    void cutsAnAnswerThatEndsTooEarly() {
        answer = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello";
        TestStream stream = forward(TestStream.of(loop, "GET", "/"));
        assertThat(stream.over.join()).isEqualTo("reset");
        assertThat(failed).isNotDone();
    }

    @Test
    void refusesABodyThatTurnsOutTooLong() {
        TestStream stream = TestStream.of(loop, "POST", "/");
        stream.contentLength = -1;
        Forwarder forwarder = forwarder(stream);
        loop.submit(
                        () -> {
                            forwarder.content(Unpooled.copiedBuffer("12345678", US_ASCII));
                            assertThat(refusals).isEmpty();
                            forwarder.content(Unpooled.copiedBuffer("9", US_ASCII));
                        })
                .syncUninterruptibly();
        assertThat(refusals).containsExactly("too long");
    }

    @Test
    void readsNoMoreOfTheAnswerThanAClientTakes() {
        answer = "HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n" + "x".repeat(4_000_000);
        TestStream stream = TestStream.of(loop, "GET", "/");
        stream.writable = false;
        Forwarder forwarder = forwarder(stream);
        loop.submit(forwarder::start).syncUninterruptibly();
        head.join();
        while (loop.submit(() -> !stream.told.contains("flush")).syncUninterruptibly().getNow()) {
            Thread.onSpinWait();
        }
        int paused = loop.submit(() -> bytes(stream)).syncUninterruptibly().getNow();
        assertThat(paused).isLessThan(200_000);
        loop.submit(
                        () -> {
                            stream.writable = true;
                            forwarder.writable();
                        })
                .syncUninterruptibly();
        assertThat(stream.over.join()).isEqualTo("end");
        assertThat(bytes(stream)).isEqualTo(4_000_000);
    }

    @Test
    void closesAClientThatTakesNothingOrHasLeft() {
        TestStream stalled = TestStream.of(loop, "GET", "/");
        stalled.stalledNanos = STALL_NANOS - 1;
        forwarder(stalled).visit(0);
        assertThat(stalled.told).isEmpty();
        stalled.stalledNanos = STALL_NANOS;
        forwarder(stalled).visit(0);
        assertThat(stalled.told).containsExactly("drop");
        TestStream left = TestStream.of(loop, "GET", "/");
        left.peerHasLeft = true;
        forwarder(left).visit(0);
        assertThat(left.told).containsExactly("drop");
    }

    private TestStream forward(TestStream stream) {
        Forwarder forwarder = forwarder(stream);
        loop.submit(forwarder::start).syncUninterruptibly();
        return stream;
    }

    private Forwarder forwarder(TestStream stream) {
        Upstream to = Upstream.of("http://127.0.0.1:" + backend.getLocalPort(), Map.of());
        Sender from = new Sender("192.0.2.1", false, null, "http", "1.1");
        Forwarding what =
                new Forwarding(
                        to,
                        from,
                        RouteConfig.forwarding("/*", "http://test"),
                        stream.head().method().name(),
                        stream.target(),
                        stream.head().headers(),
                        stream.contentLength,
                        null,
                        WebsocketConfig.DEFAULT,
                        STALL_NANOS);
        return backends.forwarder(stream, loops.meter(loop), cells, what, new Heard());
    }

    private static int bytes(TestStream stream) {
        return stream.told.stream()
                .filter(told -> told.startsWith("write "))
                .mapToInt(told -> told.length() - "write ".length())
                .sum();
    }

    private void serve() {
        try (Socket peer = backend.accept()) {
            StringBuilder text = new StringBuilder();
            while (text.indexOf("\r\n\r\n") < 0) {
                text.append((char) peer.getInputStream().read());
            }
            head.complete(text.toString());
            peer.getOutputStream().write(answer.getBytes(US_ASCII));
        } catch (IOException closed) {
            head.completeExceptionally(closed);
        }
    }

    private final class Heard implements Replies {
        @Override
        public boolean isCorsOfBackend() {
            return true;
        }

        @Override
        public HttpHeaders policy() {
            return new DefaultHttpHeaders().add("X-Policy", "p");
        }

        @Override
        public long maxBodyBytes() {
            return 8;
        }

        @Override
        public void bodyTooLong() {
            refusals.add("too long");
        }

        @Override
        public void failed(int status, String text) {
            String cause = text.substring(0, text.indexOf(':'));
            failed.complete(status + " " + cause);
        }
    }
}
