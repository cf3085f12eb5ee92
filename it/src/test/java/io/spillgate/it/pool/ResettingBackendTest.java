package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendReply;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.HoldingLog;
import io.spillgate.it.harness.Wire;
import io.spillgate.it.stress.Transports;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/// A backend that says it keeps its connections, and resets each one behind the answer. The reset
/// meets the next request at any distance, in the socket or on its way there.
final class ResettingBackendTest {
    private static final int REQUESTS = 400;

    /// As in `/proc/net/tcp`.
    private static final String ESTABLISHED = "01";

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void isNotTakenForOneThatRefuses(String io) {
        try (Backend backend = Backend.start(ResettingBackendTest::answerAndReset);
                PoolGateway gateway = gateway(io, backend)) {
            List<Answer> failed = new ArrayList<>();
            Wire client = gateway.connect();
            for (int i = 0; i < REQUESTS; i++) {
                client.sendLines("GET /api/%d HTTP/1.1\nHost: test\n\n".formatted(i));
                Answer answer = client.answer();
                if (answer.status() != 200) {
                    failed.add(answer);
                }
            }
            assertThat(failed).isEmpty();
            assertThat(gateway.failures("connect_refused")).isZero();
            assertThat(gateway.backoffMillis()).isZero();
        }
    }

    /// Both stand in the sockets of one loop when it looks at them again, in either order.
    @ParameterizedTest
    @MethodSource("orders")
    void getsARequestOverAnotherConnectionOfWhichNoByteLeft(
            String io, String method, boolean resetFirst) throws Exception {
        CountDownLatch resetting = new CountDownLatch(1);
        CountDownLatch reset = new CountDownLatch(1);
        Backend.Script script =
                (request, reply) -> {
                    reply.ok(request.target());
                    if (request.connection() == 1) {
                        resetting.await();
                        reply.reset();
                        reset.countDown();
                    }
                };
        try (HoldingLog log = new HoldingLog();
                Backend backend = Backend.start(script);
                PoolGateway gateway = gateway(io, backend)) {
            Wire client = gateway.connect();
            client.sendLines("GET /api/1 HTTP/1.1\nHost: test\n\n").answer();
            log.hold(gateway.connect());
            if (!resetFirst) {
                send(client, method);
            }
            resetting.countDown();
            reset.await();
            awaitNoConnectionTo(backend.port());
            if (resetFirst) {
                send(client, method);
            }
            log.release();
            assertThat(client.answer().text()).isEqualTo("/api/2");
            assertThat(backend.requests()).hasSize(2);
            assertThat(gateway.failures("connect_refused")).isZero();
        }
    }

    /// A busy kernel takes its time to hand a reset to the other side. What a closed connection of
    /// another test leaves for a minute may have the same port.
    private static void awaitNoConnectionTo(int port) {
        String end = ":%04X %s ".formatted(port, ESTABLISHED);
        Await.until(
                "the reset has arrived",
                () -> Stream.of("tcp", "tcp6").noneMatch(table -> hasRemote(table, end)));
    }

    private static boolean hasRemote(String table, String end) {
        Path path = Path.of("/proc/net", table);
        try {
            return Files.exists(path)
                    && Files.readAllLines(path).stream()
                            .anyMatch(line -> line.matches(" *\\d+: \\S+ \\S+" + end + ".*"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Arguments> orders() {
        return Transports.available()
                .flatMap(io ->
                        Stream.of("GET", "POST")
                                .flatMap(method ->
                                        Stream.of(true, false)
                                                .map(first -> Arguments.of(io, method, first))));
    }

    private static void send(Wire client, String method) {
        client.sendLines(method + " /api/2 HTTP/1.1\nHost: test\nContent-Length: 0\n\n");
    }

    private static void answerAndReset(BackendRequest request, BackendReply reply)
            throws IOException {
        reply.ok(request.target());
        reply.reset();
    }

    private static PoolGateway gateway(String io, Backend backend) {
        String toml = PoolGateway.destination("x", List.of(backend.address()), "");
        return new PoolGateway(
                "http.io = \""
                        + io
                        + "\"\nlog.access = true\n"
                        + toml.replace("thread_pool_size = 2", "thread_pool_size = 1"),
                "x");
    }
}
