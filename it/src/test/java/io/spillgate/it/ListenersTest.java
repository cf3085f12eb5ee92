package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import io.spillgate.Gateway;
import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// `bind_address`, `thread_pool_size`, `io`.
final class ListenersTest {
    private static final String HEALTH = "GET /health HTTP/1.1\nHost: test\n\n";

    @Test
    void listensOnIpv6() {
        try (TestGateway gateway = TestGateway.start("http.bind_address = \"[::1]:0\"")) {
            assertThat(gateway.address().getAddress().getHostAddress()).contains(":");
            assertThat(gateway.ask(HEALTH).text()).isEqualTo("ok");
        }
    }

    @Test
    void tellsTheRealPort() {
        try (TestGateway gateway = TestGateway.start("")) {
            assertThat(gateway.address().getPort()).isPositive();
            assertThat(gateway.adminAddress().getPort()).isPositive();
        }
    }

    @Test
    void hasNoAdminListenerWhenItIsOff() {
        try (TestGateway gateway = TestGateway.start("admin.bind_address = \"off\"")) {
            assertThat(gateway.gateway().adminAddress()).isEmpty();
            assertThat(gateway.ask(HEALTH).text()).isEqualTo("ok");
        }
    }

    @Test
    void saysThatAPortIsTakenAndLeavesNothingRunning() {
        try (TestGateway first = TestGateway.start("")) {
            String taken = "127.0.0.1:" + first.adminAddress().getPort();
            assertThatThrownBy(() -> TestGateway.start("admin.bind_address = \"" + taken + "\""))
                    .isInstanceOf(UncheckedIOException.class)
                    .rootCause()
                    .hasMessageContaining("in use");
            assertThat(first.askAdmin(HEALTH).text()).isEqualTo("ok");
        }
        Await.until("no event loop is left", () -> loopThreads().isEmpty());
    }

    @Test
    void leavesNothingRunningWhenItIsClosed() {
        TestGateway gateway = TestGateway.start("");
        EventStream stream = gateway.subscribe("/events/t");
        gateway.close();
        assertThat(stream.wire().endsByReset()).isIn(true, false);
        Await.until("no event loop is left", () -> loopThreads().isEmpty());
        assertThatThrownBy(() -> Wire.to(gateway.address()))
                .isInstanceOf(UncheckedIOException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void runsExactlyAsManyEventLoopsAsConfigured(int loops) {
        Await.until("no event loop is left", () -> loopThreads().isEmpty());
        List<Wire> wires = new ArrayList<>();
        try (TestGateway gateway = TestGateway.start("http.thread_pool_size = " + loops)) {
            for (int i = 0; i < 4 * loops; i++) {
                wires.add(gateway.connect().sendLines(HEALTH));
            }
            wires.forEach(wire -> assertThat(wire.answer().status()).isEqualTo(200));
            assertThat(loopThreads())
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, loops)
                                    .mapToObj(i -> "spillgate-io-" + i)
                                    .toList());
        } finally {
            wires.forEach(Wire::close);
        }
    }

    @Test
    void runsOneEventLoopForEachProcessorByDefault() {
        Await.until("no event loop is left", () -> loopThreads().isEmpty());
        try (TestGateway gateway = TestGateway.start("")) {
            for (int i = 0; i < 20; i++) {
                gateway.ask(HEALTH);
            }
            assertThat(loopThreads()).hasSize(Runtime.getRuntime().availableProcessors());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "nio", "auto"})
    void servesOverTheKernelInterface(String io) {
        assumeTrue(!io.equals("io_uring") || IoUring.isAvailable());
        assumeTrue(!io.equals("epoll") || Epoll.isAvailable());
        try (TestGateway gateway = TestGateway.start("http.io = \"" + io + "\"");
                EventStream stream = gateway.subscribe("/events/t")) {
            gateway.publish("t", "x".repeat(100_000));
            assertThat(stream.event().data()).isEqualTo("x".repeat(100_000));
            Answer refusal = gateway.ask("BAD\n\n");
            assertThat(refusal.status()).isEqualTo(400);
            stream.wire().reset();
            gateway.awaitMetric("spillgate_sse_active_connections", 0);
        }
    }

    @Test
    void asksItsOperatorToReload() {
        List<String> asked = new ArrayList<>();
        Gateway.Operator operator =
                () -> {
                    asked.add("reload");
                    return new Gateway.Reloaded(asked.size() == 1, List.of("said the operator"));
                };
        try (TestGateway gateway = TestGateway.start("", operator)) {
            String reload = "POST /reload HTTP/1.1\nHost: test\n\n";
            Answer first = gateway.askAdmin(reload);
            assertThat(first.status()).isEqualTo(200);
            assertThat(first.text()).contains("said the operator");
            Answer second = gateway.askAdmin(reload);
            assertThat(second.status()).isGreaterThanOrEqualTo(400);
            assertThat(second.text()).contains("said the operator");
            assertThat(gateway.ask(reload).status()).isEqualTo(404);
            assertThat(asked).hasSize(2);
        }
    }

    /// The names of this process's event loop threads as the kernel knows them, sorted.
    private static List<String> loopThreads() {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.map(ListenersTest::threadName)
                    .filter(name -> name.startsWith("spillgate-io-"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String threadName(Path task) {
        try {
            return Files.readString(task.resolve("comm")).strip();
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            return "";
        }
    }
}
