package io.spillgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.config.BindAddress;
import io.spillgate.config.ByteSize;
import io.spillgate.config.HttpConfig;
import io.spillgate.config.OverflowPolicy;

import org.junit.jupiter.api.Test;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The samples printed in seed 000 load as they stand there.
final class SeedSamplesTest {
    @Test
    void development() throws Exception {
        HttpConfig http = sample("development");

        assertThat(http.bindAddress()).isEqualTo(new BindAddress("127.0.0.1", 8080));
        assertThat(http.maxConnections()).isEqualTo(100);
        assertThat(http.connectionTimeoutSec()).isEqualTo(Duration.ofHours(1));
        assertThat(http.keepaliveIntervalSec()).isEqualTo(Duration.ofMinutes(1));
        assertThat(http.rateLimitPerIp()).isEqualTo(1000);
        assertThat(http.corsAllowedOrigins()).containsExactly("*");
    }

    @Test
    void production() throws Exception {
        HttpConfig http = sample("production");

        assertThat(http.bindAddress()).isEqualTo(new BindAddress("0.0.0.0", 8080));
        assertThat(http.maxConnections()).isEqualTo(100_000);
        assertThat(http.connectionTimeoutSec()).isEqualTo(Duration.ofMinutes(5));
        assertThat(http.keepaliveIntervalSec()).isEqualTo(Duration.ofSeconds(30));
        assertThat(http.maxMessageQueueSize()).isEqualTo(500);
        assertThat(http.threadPoolSize()).isZero();
        assertThat(http.maxRequestLineSize()).isEqualTo(new ByteSize(4096));
        assertThat(http.maxHeaderSize()).isEqualTo(new ByteSize(4096));
        assertThat(http.maxHeaders()).isEqualTo(50);
        assertThat(http.rateLimitPerIp()).isEqualTo(100);
        assertThat(http.rateLimitWindowSec()).isEqualTo(Duration.ofMinutes(1));
        assertThat(http.corsAllowedOrigins()).containsExactly("https://app.example.com");
        assertThat(http.backpressurePolicy()).isEqualTo(OverflowPolicy.DROP_NEWEST);
    }

    @Test
    void highConnectionCount() throws Exception {
        HttpConfig http = sample("high-connection-count");

        assertThat(http.maxConnections()).isEqualTo(500_000);
        assertThat(http.threadPoolSize()).isEqualTo(32);
        assertThat(http.maxMessageQueueSize()).isEqualTo(100);
        assertThat(http.keepaliveIntervalSec()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void lowLatency() throws Exception {
        HttpConfig http = sample("low-latency");

        assertThat(http.maxMessageQueueSize()).isEqualTo(10);
        assertThat(http.backpressurePolicy()).isEqualTo(OverflowPolicy.DROP_OLDEST);
    }

    @Test
    void rateLimiting() throws Exception {
        HttpConfig http = sample("rate-limiting");

        assertThat(http.rateLimitPerIp()).isEqualTo(100);
        assertThat(http.rateLimitWindowSec()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void sizeLimits() throws Exception {
        HttpConfig http = sample("size-limits");

        assertThat(http.maxRequestLineSize()).isEqualTo(new ByteSize(8192));
        assertThat(http.maxHeaderSize()).isEqualTo(new ByteSize(8192));
        assertThat(http.maxHeaders()).isEqualTo(100);
    }

    @Test
    void cors() throws Exception {
        assertThat(sample("cors").corsAllowedOrigins()).containsExactly("*");
    }

    private static HttpConfig sample(String name) throws ConfigException, URISyntaxException {
        Path file =
                Path.of(
                        Objects.requireNonNull(
                                        SeedSamplesTest.class.getResource(
                                                "seed000/" + name + ".toml"))
                                .toURI());
        return ConfigReader.read(Optional.of(file), List.of(), Map.of()).config().http();
    }
}
