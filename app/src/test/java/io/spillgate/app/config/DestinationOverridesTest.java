package io.spillgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.config.DestinationConfig;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Options and variables reach into tables that have names of the user's.
final class DestinationOverridesTest {
    private static final String MYAPP = "[http-destinations.myapp]\naddresses = ['a:1']\n";

    @TempDir private Path folder;

    private Reading reading;

    @BeforeEach
    void readFromFolder() {
        reading = Reading.in(folder);
    }

    @Test
    void optionsSetKeysOfADestinationOrAddOne() throws ConfigException {
        Map<String, DestinationConfig> destinations =
                reading.set(
                                "http-destinations.myapp.queue-size-for-503=50",
                                "destinations.myapp.client.idle_timeout=5s",
                                "HTTP_Destinations.\"my.app\".addresses=b:1,b:2",
                                "http-destinations.my-app.addresses=[\"c:1\"]")
                        .config("a.toml", MYAPP)
                        .httpDestinations();

        assertThat(destinations).containsOnlyKeys("myapp", "my.app", "my-app");
        DestinationConfig myapp = Objects.requireNonNull(destinations.get("myapp"));
        assertThat(myapp.queueSizeFor503()).isEqualTo(50);
        assertThat(myapp.client().idleTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(destinations.get("my.app"))
                .isEqualTo(DestinationConfig.of(List.of("b:1", "b:2")));
    }

    @Test
    void variablesSetKeysOfADestinationThatTheFileHas() throws ConfigException {
        Effective effective =
                reading.env(
                                Map.of(
                                        "SPILLGATE_HTTP_DESTINATIONS_MY_APP_QUEUE_SIZE_FOR_503",
                                        "50",
                                        "SPILLGATE_HTTP_DESTINATIONS_MY_APP_CLIENT_TLS_VERIFY",
                                        "false"))
                        .read("a.toml", "destinations.\"my.App\".addresses = 'a:1'");

        assertThat(effective.entries())
                .extracting(Entry::toString)
                .contains(
                        "http-destinations.\"my.App\".queue-size-for-503 = 50  # env",
                        "http-destinations.\"my.App\".client.tls.verify = false  # env");
    }

    @Test
    void variableThatMayMeanTwoDestinationsIsAnError() {
        assertThat(
                        reading.env(Map.of("SPILLGATE_HTTP_DESTINATIONS_MY_APP_TLS", "true"))
                                .problems(
                                        "a.toml",
                                        """
                                        destinations.my-app.addresses = 'a:1'
                                        destinations.myapp.addresses = 'a:1'
                                        """))
                .containsExactly(
                        "env SPILLGATE_HTTP_DESTINATIONS_MY_APP_TLS: may be"
                                + " http-destinations.my-app.tls or http-destinations.myapp.tls,"
                                + " must be set by --set or in the file");
    }

    @Test
    void overridesOfNoKeyNameTheNearestInTheirDestination() {
        assertThat(
                        reading.env(Map.of("SPILLGATE_HTTP_DESTINATIONS_MYAPP_QUEUE_SIZE", "1"))
                                .set(
                                        "http-destinations.myapp.queue-size=1",
                                        "http-destinations.myapp=1",
                                        "http-destinations=1")
                                .problems("a.toml", MYAPP))
                .containsExactly(
                        "env SPILLGATE_HTTP_DESTINATIONS_MYAPP_QUEUE_SIZE: is not a key, the"
                                + " nearest is"
                                + " SPILLGATE_HTTP_DESTINATIONS_MYAPP_QUEUE_SIZE_FOR_503"
                                + " (http-destinations.myapp.queue-size-for-503)",
                        "--set: http-destinations.myapp.queue-size: is not a key, the nearest is"
                                + " http-destinations.myapp.queue-size-for-503",
                        "--set: http-destinations.myapp: is a section, must be one of the keys in"
                                + " it",
                        "--set: http-destinations: is a section, must be one of the keys in it");
    }
}
