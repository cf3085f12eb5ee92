package io.spillgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.config.ByteSize;
import io.spillgate.config.ClientConfig;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.HostOverride;
import io.spillgate.config.HostPoolConfig;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What a key of a pool is when only another table sets it.
final class InheritanceTest {
    private static final String THREE_LEVELS =
            """
            destinations.d { addresses = "a:1", client.idle-timeout = 4s }
            client { connecting-timeout = 1s, idle-timeout = 1s, websocket.log-frames = true,
              socket-options.so-send-buffer-size = 1k, tls.server-name = one }
            host-connection-pool {
              client { connecting-timeout = 2s, tls.server-name = two }
              max-connections = 20, max-retries = 2, idle-timeout = 2s
              per-host-override = [
                { host-pattern = a, max-connections = 30, client.connecting-timeout = 3s }
                { host-pattern = b, idle-timeout = 3s
                  client.socket-options.so-send-buffer-size = undefined }
              ]
            }
            """;

    @TempDir private Path folder;

    private Reading reading;

    @BeforeEach
    void readFromFolder() {
        reading = Reading.in(folder);
    }

    @Test
    void clientOfTheHostPoolTakesTheRestFromClient() throws ConfigException {
        ClientConfig client = config().hostConnectionPool().client();

        assertThat(client.connectingTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(client.tls().serverName()).isEqualTo("two");
        assertThat(client.idleTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(client.websocket().logFrames()).isTrue();
        assertThat(client.socketOptions().soSendBufferSize()).contains(new ByteSize(1024));
    }

    @Test
    void overrideTakesTheRestFromTheHostPoolAndItsClient() throws ConfigException {
        HostPoolConfig pool = config().hostConnectionPool();
        HostOverride first = pool.perHostOverride().get(0);

        assertThat(first.pool().maxConnections()).isEqualTo(30);
        assertThat(first.pool().maxRetries()).isEqualTo(2);
        assertThat(first.idleTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(first.client().connectingTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(first.client().tls().serverName()).isEqualTo("two");
        assertThat(first.client().idleTimeout()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void secondOverrideKnowsNothingOfTheFirst() throws ConfigException {
        HostOverride second = config().hostConnectionPool().perHostOverride().get(1);

        assertThat(second.pool().maxConnections()).isEqualTo(20);
        assertThat(second.idleTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(second.client().connectingTimeout()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void destinationTakesTheRestFromClientAndNothingFromTheHostPool() throws ConfigException {
        var destination = Objects.requireNonNull(config().httpDestinations().get("d"));

        assertThat(destination.client().idleTimeout()).isEqualTo(Duration.ofSeconds(4));
        assertThat(destination.client().connectingTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(destination.client().tls().serverName()).isEqualTo("one");
        assertThat(destination.pool().maxRetries()).isEqualTo(5);
    }

    @Test
    void undefinedIsNoneAlsoWhereThereIsAValueToInherit() throws ConfigException {
        HostOverride second = config().hostConnectionPool().perHostOverride().get(1);

        assertThat(second.client().socketOptions().soSendBufferSize()).isEmpty();
    }

    @Test
    void overridesFromOutsideAreInheritedLikeTheFile() throws ConfigException {
        GatewayConfig config =
                reading.set("client.idle-timeout=7s")
                        .env(
                                Map.of(
                                        "SPILLGATE_HOST_CONNECTION_POOL_CLIENT_CONNECTING_TIMEOUT",
                                        "8s"))
                        .config(
                                "a.conf",
                                "host-connection-pool.per-host-override = [{host-pattern = a}]");
        ClientConfig client = config.hostConnectionPool().perHostOverride().getFirst().client();

        assertThat(client.connectingTimeout()).isEqualTo(Duration.ofSeconds(8));
    }

    @Test
    void printedConfigurationSaysWhereAValueIsInheritedFrom() throws ConfigException {
        assertThat(reading.read("a.conf", THREE_LEVELS).entries())
                .extracting(Entry::toString)
                .contains(
                        "http-destinations.d.client.connecting-timeout = \"1s\"  # inherits"
                                + " client.connecting-timeout",
                        "http-destinations.d.client.idle-timeout = \"4s\"  # "
                                + folder.resolve("a.conf:1"),
                        "http-destinations.d.max-retries = 5  # default",
                        "host-connection-pool.client.idle-timeout = \"1s\"  # inherits"
                                + " client.idle-timeout",
                        "host-connection-pool.client.stream-cancellation-delay = \"100ms\""
                                + "  # default",
                        "host-connection-pool.per-host-override[0].max-retries = 2  # inherits"
                                + " host-connection-pool.max-retries",
                        "host-connection-pool.per-host-override[0].idle-timeout = \"2s\"  #"
                                + " inherits host-connection-pool.idle-timeout",
                        "host-connection-pool.per-host-override[0].client.idle-timeout = \"1s\""
                                + "  # inherits client.idle-timeout",
                        "host-connection-pool.per-host-override[1].client.connecting-timeout ="
                                + " \"2s\"  # inherits"
                                + " host-connection-pool.client.connecting-timeout");
    }

    @Test
    void valueThatIsRefusedIsToldOnceAndNotWhereItIsInherited() {
        assertThat(
                        reading.problems(
                                "a.conf",
                                """
                                destinations.d.addresses = "a:1"
                                host-connection-pool.per-host-override = [{host-pattern = a}]
                                client.idle-timeout = 0
                                """))
                .containsExactly("a.conf:3: client.idle-timeout: is 0s, must be at least 1ms");
    }

    @Test
    void minimumAboveAnInheritedMaximumIsAnError() {
        assertThat(
                        reading.problems(
                                "a.conf",
                                """
                                host-connection-pool {
                                  max-connections = 2
                                  per-host-override = [
                                    { host-pattern = a
                                      min-connections = 3 }
                                  ]
                                }
                                """))
                .containsExactly(
                        "a.conf:5: host-connection-pool.per-host-override[0].min-connections: is 3,"
                                + " must be between 0 and max-connections, 2");
    }

    @Test
    void overrideInsideAnOverrideIsAnError() {
        assertThat(
                        reading.problems(
                                "a.conf",
                                """
                                host-connection-pool.per-host-override = [
                                  { host-pattern = a
                                    per-host-override = [] }
                                ]
                                """))
                .containsExactly(
                        "a.conf:3: host-connection-pool.per-host-override[0].per-host-override: is"
                                + " inside itself, must stand only in host-connection-pool");
    }

    @Test
    void patternThatIsNoneIsAnError() {
        assertThat(
                        reading.problems(
                                "a.conf",
                                """
                                host-connection-pool.per-host-override = [
                                  { max-retries = 1 }
                                  { host-pattern = "" }
                                  { host-pattern = "regex:(" }
                                ]
                                """))
                .satisfiesExactly(
                        line ->
                                assertThat(line)
                                        .endsWith("[0].host-pattern: is missing, must be set"),
                        line ->
                                assertThat(line)
                                        .contains("a.conf:3:", "[1].host-pattern: is empty"),
                        line ->
                                assertThat(line)
                                        .contains("a.conf:4:", "[2].host-pattern: is \"reg"));
    }

    @Test
    void tooManyTablesAreRefusedBeforeTheyCostAnything() {
        String one = "{host-pattern: a},";
        List<String> problems =
                reading.problems(
                        "a.yaml",
                        "host-connection-pool: {per-host-override: [" + one.repeat(10_001) + "]}");

        assertThat(problems)
                .containsExactly(
                        "a.yaml:1: host-connection-pool.per-host-override: has 10001 tables, must"
                                + " have at most 10000");
    }

    private GatewayConfig config() throws ConfigException {
        return reading.config("a.conf", THREE_LEVELS);
    }
}
