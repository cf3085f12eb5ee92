package io.spillgate.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.house.Arrows.Arrow;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.List;

final class ArrowsTest {
    private static final Path CORE = Project.root().resolve("core/target/classes");

    @Test
    void theCoreDrawsNoArrowAgainstTheTable() {
        assertThat(Arrows.problems(Arrows.drawnBy(CORE))).isEmpty();
    }

    @Test
    void theCoreIsReallyRead() {
        assertThat(Arrows.drawnBy(CORE))
                .contains(new Arrow("io.spillgate.Gateway", "io.spillgate.config.GatewayConfig"));
    }

    @ParameterizedTest
    @CsvSource({
        "listener, hub",
        "listener, lifecycle",
        "hub, log",
        "hub, sse",
        "broker, log",
        "log, sse",
        "proxy, client.pool",
        "client, client.pool",
        "client.pool, client.connect",
        "client.pool, sse",
        "hub, metrics",
        "net, config",
        "metrics, net",
    })
    void allowsTheArrow(String user, String used) {
        assertThat(problemsOf(user, used)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "hub, proxy",
        "proxy, hub",
        "client, proxy",
        "client, client.connect",
        "client.pool, client",
        "client.connect, client.pool",
        "hub, broker",
        "log, broker",
        "broker, hub",
        "hub, listener",
        "lifecycle, hub",
        "config, net",
        "net, metrics",
        "metrics, hub",
        "sse, app",
    })
    void refusesTheArrow(String user, String used) {
        assertThat(problemsOf(user, used))
                .containsExactly(
                        "io.spillgate.%1$s.A uses io.spillgate.%2$s.B: no arrow %1$s -> %2$s"
                                .formatted(user, used));
    }

    @Test
    void refusesAnArrowToTheRoot() {
        assertThat(Arrows.problems(List.of(new Arrow("io.spillgate.hub.A", "io.spillgate.B"))))
                .containsExactly(
                        "io.spillgate.hub.A uses io.spillgate.B: no arrow hub -> the root package");
    }

    @Test
    void refusesAnArrowFromAPackageWithoutARow() {
        assertThat(problemsOf("attic", "hub"))
                .containsExactly(
                        "io.spillgate.attic.A uses io.spillgate.hub.B: no arrow attic -> hub"
                                + " (attic has no row in the table)");
    }

    private static List<String> problemsOf(String user, String used) {
        Arrow arrow = new Arrow("io.spillgate." + user + ".A", "io.spillgate." + used + ".B");
        return Arrows.problems(List.of(arrow));
    }
}
