package io.spillgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.config.ClientConfig;
import io.spillgate.config.DestinationConfig;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.HealthConfig;
import io.spillgate.config.PoolConfig;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

final class DestinationsTest {
    private static final String MYAPP = "[http-destinations.myapp]\naddresses = ['a:1']\n";

    private static final PoolConfig POOL =
            new PoolConfig(
                    7,
                    17,
                    6,
                    8,
                    16,
                    Duration.ofSeconds(9),
                    10,
                    Duration.ofMillis(11),
                    Duration.ofSeconds(12),
                    Duration.ofSeconds(13),
                    Duration.ofSeconds(14),
                    Duration.ZERO);

    @TempDir private Path folder;

    private Reading reading;

    @BeforeEach
    void readFromFolder() {
        reading = Reading.in(folder);
    }

    @Test
    void everyKeyThatIsNotSetHasTheDefaultOfDestinations() throws ConfigException {
        assertThat(reading.config("a.toml", MYAPP).httpDestinations())
                .isEqualTo(Map.of("myapp", DestinationConfig.of(List.of("a:1"))));
    }

    @Test
    void everyKeyIsRead() throws ConfigException {
        GatewayConfig config =
                reading.config(
                        "a.yaml",
                        """
                        destinations:
                          myapp:
                            addresses: ["a:1", "[::1]:2", "srv:_http._tcp.a.example"]
                            load-balancing: QUEUE
                            queue-size-for-503: 1k
                            backend-connections-per-ip-port: 2
                            streams-per-ip-port: 18
                            in-flight-requests-per-backend-connection: 3
                            max-request-timeout: 4 secs
                            safe-pipeline-timeout: 5ms
                            override-host-header: b.example
                            rewrite-location: true
                            request-id-header: X-Id
                            tls: yes
                            connecting-timeout: 6s
                            max-connections: 7
                            max-streams: 17
                            min-connections: 6
                            max-retries: 8
                            max-open-requests: 16
                            max-connection-lifetime: 9s
                            pipelining-limit: 10
                            base-connection-backoff: 11ms
                            max-connection-backoff: 12s
                            keep-alive-timeout: 13 sec
                            response-entity-subscription-timeout: 14s
                            queue-timeout: 0
                        """);

        assertThat(config.httpDestinations().get("myapp"))
                .isEqualTo(
                        new DestinationConfig(
                                List.of("a:1", "[::1]:2", "srv:_http._tcp.a.example"),
                                DestinationConfig.LoadBalancing.QUEUE,
                                1000,
                                2,
                                18,
                                3,
                                Optional.of(Duration.ofSeconds(4)),
                                Duration.ofMillis(5),
                                Optional.of("b.example"),
                                true,
                                Optional.of("X-Id"),
                                true,
                                Optional.of(Duration.ofSeconds(6)),
                                HealthConfig.DEFAULT,
                                POOL,
                                ClientConfig.DEFAULT));
    }

    @Test
    void redirectsAreRewrittenOnlyWithAHostOfTheirOwn() {
        assertThat(
                        reading.problems(
                                "a.toml",
                                """
                                [destinations.x]
                                addresses = 'a:1'
                                rewrite-location = true
                                """))
                .singleElement()
                .asString()
                .endsWith("rewrite-location: is true, but there is no override-host-header");
    }

    @Test
    void saysWhenAnAddressIsIll() throws ConfigException {
        Map<String, DestinationConfig> destinations =
                reading.config(
                                "a.toml",
                                """
                                [destinations.x]
                                addresses = 'a:1'
                                max-fails = 3
                                fail_timeout = '15s'
                                fail-statuses = [502, 503]
                                """)
                        .httpDestinations();
        assertThat(destinations.values())
                .extracting(DestinationConfig::health)
                .containsExactly(new HealthConfig(3, Duration.ofSeconds(15), List.of(502, 503)));
    }

    @ParameterizedTest
    @CsvSource({
        "max-fails = -1, 'max-fails: is -1, must be between 0 and 1000000'",
        "fail-timeout = 0, 'fail-timeout: is 0s, must be at least 1ms'",
        "fail-statuses = [404], 'fail-statuses: is 404, must be between 500 and 599'"
    })
    void refusesLimitsThatMakeNoSense(String line, String problem) {
        assertThat(reading.problems("a.toml", MYAPP + line))
                .containsExactly("a.toml:3: http-destinations.myapp." + problem);
    }

    @Test
    void namesAreLiteralAndMayHaveDots() throws ConfigException {
        assertThat(
                        reading.config(
                                        "a.toml",
                                        """
                                        destinations.my_app.addresses = 'a:1'
                                        destinations.my-app.addresses = 'a:2'
                                        destinations.myApp.addresses = 'a:3'
                                        destinations."my.app".addresses = 'a:4'
                                        """)
                                .httpDestinations())
                .containsOnlyKeys("my_app", "my-app", "myApp", "my.app");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:b", "http://a", "a\\tb", ""})
    void nameThatIsNoneIsAnError(String name) {
        assertThat(reading.problems("a.toml", "destinations.\"" + name + "\".addresses = 'a:1'"))
                .singleElement()
                .asString()
                .startsWith("a.toml:1: http-destinations: has the name \"" + name + "\", must be");
    }

    @Test
    void bothNamesOfTheTableAtOnceAreAnError() {
        assertThat(
                        reading.problems(
                                "a.yaml",
                                """
                                http-destinations: {a: {addresses: "a:1"}}
                                destinations: {b: {addresses: "a:1"}}
                                """))
                .containsExactly(
                        "a.yaml:2: http-destinations: is already set at a.yaml:1 as"
                                + " http-destinations, must be set once");
    }

    @Test
    void sameNameTwiceIsAnError() {
        assertThat(
                        reading.problems(
                                "a.yaml",
                                """
                                destinations:
                                  a: {addresses: "a:1"}
                                  a: {addresses: "a:2"}
                                """))
                .containsExactly(
                        "a.yaml:3: http-destinations.a: is already set at a.yaml:2 as a, must be"
                                + " set once");
    }

    @Test
    void addressesMustBeThereAndHavePorts() {
        assertThat(
                        reading.set("destinations.d.tls=true")
                                .problems(
                                        "a.toml",
                                        """
                                        [destinations.a]
                                        tls = true
                                        [destinations.b]
                                        addresses = []
                                        [destinations.c]
                                        addresses = ["x:1", "example.com"]
                                        """))
                .containsExactly(
                        "a.toml:1: http-destinations.a.addresses: is missing, must be set",
                        "a.toml:4: http-destinations.b.addresses: is empty, must have at least one"
                                + " value",
                        "a.toml:6: http-destinations.c.addresses: has \"example.com\" without a"
                                + " port, must be host:port, as in \"example.com:80\"",
                        "--set: http-destinations.d.addresses: is missing, must be set");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a:0",
                "a:65536",
                "::1:80",
                "http://a:80",
                "a:80/x",
                "srv:name",
                "srv:_http.a",
                ":80"
            })
    void addressThatIsNoneIsAnError(String address) {
        assertThat(reading.problems("a.toml", "destinations.a.addresses = ['" + address + "']"))
                .containsExactly(
                        "a.toml:1: http-destinations.a.addresses: has \""
                                + address
                                + "\", must be host:port, [IPv6]:port or srv:_http._tcp.name, port"
                                + " 1 to 65535");
    }

    @Test
    void keysOfTheClientMustStandInItsTable() {
        assertThat(
                        reading.problems(
                                "a.toml",
                                MYAPP
                                        + """
                                        idle-timeout = '5s'
                                        userAgentHeader = ''
                                        queue-size = 1
                                        name = "myapp"
                                        """))
                .containsExactly(
                        "a.toml:3: http-destinations.myapp.idle-timeout: is not a key here, must"
                                + " stand in the table http-destinations.myapp.client",
                        "a.toml:4: http-destinations.myapp.userAgentHeader: is not a key here, must"
                                + " stand in the table http-destinations.myapp.client",
                        "a.toml:5: http-destinations.myapp.queue-size: is not a key, the nearest is"
                                + " http-destinations.myapp.queue-size-for-503",
                        "a.toml:6: http-destinations.myapp.name: is not a key");
    }

    @Test
    void connectingTimeoutMayStandBareOrInClient() throws ConfigException {
        Effective bare = reading.read("a.toml", MYAPP + "connecting-timeout = '3s'");
        Effective inClient = reading.read("b.toml", MYAPP + "client.connecting-timeout = '3s'");

        assertThat(List.of(bare, inClient))
                .extracting(it ->
                        Objects.requireNonNull(it.config().httpDestinations().get("myapp"))
                                .client()
                                .connectingTimeout())
                .containsOnly(Duration.ofSeconds(3));
        assertThat(bare.entries())
                .extracting(Entry::toString)
                .contains(
                        "http-destinations.myapp.client.connecting-timeout = \"3s\"  # inherits"
                                + " http-destinations.myapp.connecting-timeout");
    }

    @Test
    void connectingTimeoutAtBothPlacesIsAnError() {
        assertThat(
                        reading.set("destinations.myapp.client.connecting-timeout=3s")
                                .problems("a.toml", MYAPP + "connecting-timeout = '3s'"))
                .containsExactly(
                        "--set: http-destinations.myapp.client.connecting-timeout: is already set"
                            + " at a.toml:3 as http-destinations.myapp.connecting-timeout, must be"
                            + " set once");
    }

    @ParameterizedTest
    @CsvSource({
        "[http-destinations.myapp], http-destinations.myapp",
        "[host-connection-pool], host-connection-pool",
        "[[host-connection-pool.per-host-override]], host-connection-pool.per-host-override[0]"
    })
    void openRequestsThatAreNoPowerOfTwoAreAWarning(String table, String path)
            throws ConfigException {
        String text = "\naddresses = ['a:1']\nhost-pattern = 'a'\nmax-open-requests = ";
        String needed =
                text.replaceAll(path.contains("dest") ? "host-p.*\n" : "addr.*\n", "")
                        .replaceAll(path.endsWith("l") ? "host-p.*\n" : "$^", "");

        assertThat(reading.read("a.toml", table + needed + "33").warnings())
                .singleElement()
                .asString()
                .contains("a.toml:")
                .endsWith(": " + path + ".max-open-requests: is 33, a power of two is expected");
        assertThat(reading.read("a.toml", table + needed + "64").warnings()).isEmpty();
    }

    @Test
    void openRequestsThatAreInheritedWarnOnce() throws ConfigException {
        assertThat(
                        reading.read(
                                        "a.toml",
                                        """
                                        [host-connection-pool]
                                        max-open-requests = 33
                                        per-host-override = [{host-pattern = 'a'}]
                                        """)
                                .warnings())
                .hasSize(1);
    }

    @Test
    void destinationsArePrintedByName() throws ConfigException {
        Effective effective =
                reading.read(
                        "a.toml", MYAPP + "\n[http-destinations.\"a b\"]\naddresses = 'a:2'\n");
        List<String> lines = effective.entries().stream().map(Entry::toString).toList();

        assertThat(lines)
                .contains(
                        "http-destinations.\"a b\".addresses = [\"a:2\"]  # "
                                + folder.resolve("a.toml:5"),
                        "http-destinations.myapp.keep-alive-timeout = \"4s\"  # default");
        assertThat(reading.config("b.toml", String.join("\n", lines)))
                .isEqualTo(effective.config());
    }
}
