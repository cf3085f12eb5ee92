package io.spillgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.config.GatewayConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.Map;

/// Variables with our prefix that others put into the environment.
final class ForeignVariablesTest {
    @TempDir private Path folder;

    @Test
    void thoseOfKubernetesForServicesThatBeginWithOurNameAreIgnored() throws ConfigException {
        Map<String, String> environment =
                Map.ofEntries(
                        Map.entry("SPILLGATE_SERVICE_HOST", "10.96.12.7"),
                        Map.entry("SPILLGATE_SERVICE_PORT", "8080"),
                        Map.entry("SPILLGATE_SERVICE_PORT_HTTP", "8080"),
                        Map.entry("SPILLGATE_SERVICE_PORT_ADMIN_2", "8081"),
                        Map.entry("SPILLGATE_PORT", "tcp://10.96.12.7:8080"),
                        Map.entry("SPILLGATE_PORT_8080_TCP", "tcp://10.96.12.7:8080"),
                        Map.entry("SPILLGATE_PORT_8080_TCP_PROTO", "tcp"),
                        Map.entry("SPILLGATE_PORT_8080_TCP_PORT", "8080"),
                        Map.entry("SPILLGATE_PORT_8080_TCP_ADDR", "10.96.12.7"),
                        Map.entry("SPILLGATE_PORT_53_UDP", "udp://[fd00::7]:53"),
                        Map.entry("SPILLGATE_PORT_53_UDP_PROTO", "udp"),
                        Map.entry("SPILLGATE_PORT_53_UDP_ADDR", "fd00::7"),
                        Map.entry("SPILLGATE_ADMIN_SERVICE_HOST", "fd00::8"),
                        Map.entry("SPILLGATE_ADMIN_PORT", "tcp://[fd00::8]:8081"),
                        Map.entry("SPILLGATE_HTTP_MAX_HEADERS", "7"));

        GatewayConfig config = Reading.in(folder).env(environment).readNothing().config();

        assertThat(config.http().maxHeaders()).isEqualTo(7);
        assertThat(config.admin()).isEqualTo(GatewayConfig.DEFAULT.admin());
    }

    @ParameterizedTest
    @CsvSource({
        "SPILLGATE_PORT, 8080",
        "SPILLGATE_PORT, 127.0.0.1:8080",
        "SPILLGATE_SERVICE_HOST, gateway.example",
        "SPILLGATE_SERVICE_PORT, http",
        "SPILLGATE_PORT_HTTP, 8080",
        "SPILLGATE_PORT_8080_TCP_PORT, tcp",
        "SPILLGATE_SERVICE, x"
    })
    void whatOnlyLooksLikeThemIsAnError(String name, String value) {
        assertThat(Reading.in(folder).env(Map.of(name, value)).problemsWithoutFile())
                .singleElement()
                .asString()
                .startsWith("env " + name + ": is not a key");
    }
}
