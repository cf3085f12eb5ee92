package io.spillgate.it.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A gateway that may open only a few files.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@EnabledOnOs(OS.LINUX)
final class DescriptorsTest {
    private static final int DESCRIPTORS = 300;
    private static final int CONNECTIONS = DESCRIPTORS - 200;
    private static final String ULIMIT = "ulimit -n " + DESCRIPTORS;
    private static final String HEALTH = "GET /health HTTP/1.1\nHost: test\n\n";
    private static final Duration LONG_ENOUGH_TO_SPIN = Duration.ofSeconds(2);

    @Test
    void holdsAsManyConnectionsAsTheDescriptorsAllowAndSaysSo() {
        List<Wire> clients = new ArrayList<>();
        try (Program serve = Program.serveAfter(ULIMIT, "http.max_connections=1000")) {
            for (int i = 0; i < CONNECTIONS; i++) {
                clients.add(serve.connect());
                assertThat(health(clients.getLast())).isEqualTo(200);
            }
            clients.add(serve.connect());
            assertThat(health(clients.getLast())).isEqualTo(503);
            assertThat(serve.err().lineWith("connections_clamped"))
                    .contains(" WARN ")
                    .contains("max_connections=1000 to=" + CONNECTIONS);
        } finally {
            clients.forEach(Wire::close);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "io_uring"})
    void neitherDiesNorSpinsWithoutDescriptorsAndAnswersWhenClientsHaveLeft(String io) {
        assumeTrue(!io.equals("io_uring") || IoUring.isAvailable(), "no io_uring here");
        assumeTrue(!io.equals("epoll") || Epoll.isAvailable(), "no epoll here");
        List<Wire> idle = new ArrayList<>();
        try (Program serve = Program.serveAfter(ULIMIT, "http.io=" + io);
                EventStream stream = serve.subscribe("demo");
                Publisher publisher = new Publisher(serve.connectAdmin())) {
            publisher.publish("demo", "warm");
            for (int i = 0; i < DESCRIPTORS; i++) {
                idle.add(serve.connectAdmin());
            }
            Await.until("no descriptor is left", () -> serve.openFiles() == DESCRIPTORS);
            Wire late = serve.connect().sendLines(HEALTH);
            idle.add(late);

            long cpuNanos = serve.cpuNanos();
            late.expectSilence(LONG_ENOUGH_TO_SPIN);
            assertThat(Duration.ofNanos(serve.cpuNanos() - cpuNanos))
                    .isLessThan(LONG_ENOUGH_TO_SPIN.dividedBy(2));
            publisher.publish("demo", "full");
            assertThat(stream.data(2)).containsExactly("warm", "full");

            idle.subList(0, DESCRIPTORS).forEach(Wire::close);
            assertThat(late.answer().status()).isEqualTo(200);
            Await.until("it answers anew", () -> answers(serve));
            assertThat(serve.isAlive()).isTrue();
        } finally {
            idle.forEach(Wire::close);
        }
    }

    private static boolean answers(Program serve) {
        try (Wire wire = serve.connect()) {
            return health(wire) == 200;
        }
    }

    private static int health(Wire wire) {
        return wire.sendLines(HEALTH).answer().status();
    }
}
