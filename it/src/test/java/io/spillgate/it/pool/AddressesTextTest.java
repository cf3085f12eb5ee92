package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;

import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/// IPv6 addresses are written in one way, the short one (RFC 5952).
final class AddressesTextTest {
    @Test
    void isShortInTheStatisticsAndInTheAccessLog() {
        InetSocketAddress six = new InetSocketAddress(InetAddress.ofLiteral("::1"), 0);
        try (Backend backend =
                        Backend.start(
                                six, Backend.Reading.WHOLE, (request, reply) -> reply.ok(""));
                TestGateway gateway = TestGateway.start(config(backend.port()));
                LogLines log = new LogLines("spillgate.access", Level.INFO);
                Wire wire = Wire.to(gateway.address())) {
            wire.sendLines("GET /x HTTP/1.1\nHost: test\n\n").answer();
            log.await("peer=[::1]:", "request=\"GET /x\"");
            String stats = gateway.askAdmin("GET /stats HTTP/1.1\nHost: test\n\n").text();
            assertThat(stats).contains("\"address\":\"[::1]:" + backend.port() + "\"");
            assertThat(stats + gateway.metrics() + log.all()).doesNotContain("0:0:0:0");
            assertThat(backend.await(1).header("X-Forwarded-For")).isEqualTo("::1");
        }
    }

    private static String config(int backendPort) {
        return """
        log.access = true
        http.bind_address = "[::1]:0"
        http-destinations.six.addresses = ["[0:0:0:0:0:0:0:1]:%d"]
        [[routes]]
        path = "/*"
        proxy = "six"
        """
                .formatted(backendPort);
    }
}
