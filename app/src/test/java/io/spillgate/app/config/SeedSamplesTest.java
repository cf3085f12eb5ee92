package io.spillgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.config.BackpressureConfig;
import io.spillgate.config.BindAddress;
import io.spillgate.config.Build;
import io.spillgate.config.ByteSize;
import io.spillgate.config.ClientConfig;
import io.spillgate.config.DestinationConfig;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.HostOverride;
import io.spillgate.config.HostPoolConfig;
import io.spillgate.config.HttpConfig;
import io.spillgate.config.OverflowPolicy;
import io.spillgate.config.ServerConfig;

import org.junit.jupiter.api.Test;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The samples printed in the seeds load as they stand there.
final class SeedSamplesTest {
    @Test
    void development() throws Exception {
        HttpConfig http = sample("development");

        assertThat(http.bindAddress()).isEqualTo(new BindAddress("127.0.0.1", 8080));
        assertThat(http.maxConnections()).isEqualTo(100);
        assertThat(http.connectionTimeoutSec()).isEqualTo(Duration.ofHours(1));
        assertThat(http.keepaliveIntervalSec()).isEqualTo(Duration.ofMinutes(1));
        assertThat(http.rateLimitPerIp()).isEqualTo(1000);
        assertThat(http.cors().corsAllowedOrigins()).containsExactly("*");
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
        assertThat(http.cors().corsAllowedOrigins()).containsExactly("https://app.example.com");
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
        assertThat(sample("cors").cors().corsAllowedOrigins()).containsExactly("*");
    }

    @Test
    void destinations() throws Exception {
        GatewayConfig config = read("seed002/http-destinations.yaml");

        assertThat(config.httpDestinations())
                .isEqualTo(
                        Map.of(
                                "myapp", destination("example.com:5000", 100_000, 1, 1),
                                "httpbin", destination("httpbin.org:80", 50, 5, 2)));
    }

    @Test
    void client() throws Exception {
        ClientConfig client = read("seed003/client.conf").client();

        assertThat(client.userAgentHeader()).isEqualTo("pekko-http/" + Build.version());
        assertThat(client)
                .usingRecursiveComparison()
                .ignoringFields("userAgentHeader")
                .isEqualTo(ClientConfig.DEFAULT);
    }

    @Test
    void hostConnectionPool() throws Exception {
        assertThat(read("seed003/host-connection-pool.conf").hostConnectionPool())
                .isEqualTo(HostPoolConfig.DEFAULT);
    }

    @Test
    void everyKeyOfTheHostConnectionPoolIsTakenFromTheFile() throws Exception {
        assertThat(effective("seed003/host-connection-pool.conf").entries())
                .filteredOn(entry -> !entry.source().equals("default"))
                .extracting(entry -> entry.key().replace("host-connection-pool.", ""))
                .containsExactlyInAnyOrder(
                        "max-connections",
                        "min-connections",
                        "max-retries",
                        "max-open-requests",
                        "max-connection-lifetime",
                        "pipelining-limit",
                        "base-connection-backoff",
                        "max-connection-backoff",
                        "keep-alive-timeout",
                        "response-entity-subscription-timeout",
                        "idle-timeout",
                        "per-host-override");
    }

    @Test
    void perHostOverridesOfTheExample() throws Exception {
        List<HostOverride> overrides =
                read("seed003/per-host-override.conf").hostConnectionPool().perHostOverride();

        assertThat(overrides)
                .extracting(HostOverride::hostPattern)
                .containsExactly("pekko.apache.org", "*.apache.org");
        assertThat(overrides)
                .extracting(override -> override.pool().maxConnections())
                .containsExactly(10, 11);
    }

    @Test
    void bothBlocksBelowPekkoHttpMixedWithOurs() throws Exception {
        GatewayConfig config = read("seed003/below-pekko-http.conf");

        assertThat(config.client().userAgentHeader()).isEqualTo("pekko-http/" + Build.version());
        assertThat(config.hostConnectionPool().client()).isEqualTo(config.client());
        assertThat(config.hostConnectionPool().pool().maxConnections()).isEqualTo(7);
        assertThat(config.http().maxHeaders()).isEqualTo(50);
    }

    @Test
    void httpLayer() throws Exception {
        ServerConfig server = read("seed004/http-layer.conf").server();

        assertThat(server.keepAliveTimeout()).isEqualTo(Duration.ofSeconds(65));
        assertThat(server.headersTimeout()).isEqualTo(Duration.ofSeconds(66));
        assertThat(server.requestTimeout()).contains(Duration.ofSeconds(30));
        assertThat(server.maxConcurrentRequests()).isEqualTo(100);
        assertThat(server.shutdownTimeout()).isEqualTo(Duration.ofSeconds(25));
    }

    @Test
    void backpressure() throws Exception {
        BackpressureConfig backpressure = read("seed004/backpressure.conf").server().backpressure();

        assertThat(backpressure.initialLimit()).contains(1000);
        assertThat(backpressure)
                .usingRecursiveComparison()
                .ignoringFields("initialLimit")
                .isEqualTo(BackpressureConfig.DEFAULT);
        assertThat(effective("seed004/backpressure.conf").entries())
                .filteredOn(entry -> !entry.source().equals("default"))
                .hasSize(9);
    }

    private static DestinationConfig destination(
            String address, int queue, int connections, int depth) {
        DestinationConfig usual = DestinationConfig.of(List.of(address));
        return new DestinationConfig(
                usual.addresses(),
                usual.loadBalancing(),
                queue,
                connections,
                usual.streamsPerIpPort(),
                depth,
                usual.maxRequestTimeout(),
                usual.safePipelineTimeout(),
                usual.overrideHostHeader(),
                usual.rewriteLocation(),
                usual.requestIdHeader(),
                usual.tls(),
                usual.connectingTimeout(),
                usual.health(),
                usual.pool(),
                usual.client());
    }

    private static HttpConfig sample(String name) throws ConfigException, URISyntaxException {
        return read("seed000/" + name + ".toml").http();
    }

    private static GatewayConfig read(String resource) throws ConfigException, URISyntaxException {
        return effective(resource).config();
    }

    private static Effective effective(String resource) throws ConfigException, URISyntaxException {
        URL url = Objects.requireNonNull(SeedSamplesTest.class.getResource(resource));
        return ConfigReader.read(Optional.of(Path.of(url.toURI())), List.of(), Map.of());
    }
}
