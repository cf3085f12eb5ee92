package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The admin listener answers to addresses, localhost and `admin.hosts`, and to no other name.
final class AdminHostTest {
    private static final Pattern NAME = Pattern.compile("(?:Host: |http://)([^/\\n]*)");

    @AutoClose
    private final TestGateway gateway =
            TestGateway.start("admin.hosts = [\"ops.example\", \"spillgate\"]");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /stats HTTP/1.1\nHost: evil.example:8081\n\n",
                "GET /metrics HTTP/1.1\nHost: localhost.evil.example\n\n",
                "HEAD /stats HTTP/1.1\nHost: evil.example\n\n",
                "OPTIONS /stats HTTP/1.1\nHost: evil.example\n\n",
                "GET /health HTTP/1.1\nHost: evil.example\n\n",
                "GET /__react_server_ready__ HTTP/1.1\nHost: evil.example\n\n",
                "GET /nowhere HTTP/1.1\nHost: evil.example\n\n",
                "GET /events/t HTTP/1.1\nHost: evil.example\n\n",
                "POST /events/t HTTP/1.1\nHost: evil.example\nContent-Length: 1\n\nx",
                "POST /drain HTTP/1.1\nHost: evil.example\nOrigin: http://evil.example\n\n",
                "POST /reload HTTP/1.1\nHost: 127.0.0.1.evil.example\nContent-Length: 0\n\n",
                "GET http://evil.example/stats HTTP/1.1\nHost: evil.example\n\n",
                "GET http://evil.example/stats HTTP/1.0\n\n",
                "GET /stats HTTP/1.0\nHost: evil.example\n\n",
                "GET /stats HTTP/1.1\nHost: 2130706433\n\n",
            })
    void refusesOtherNamesWhateverIsAsked(String request) {
        try (Wire wire = gateway.connectAdmin()) {
            Answer head = wire.sendLines(request).head();
            assertThat(head.statusLine()).isEqualTo("HTTP/1.1 421 Misdirected Request");
            String expected = explained(request);
            assertThat(head.header("Content-Length")).isEqualTo("" + expected.length());
            if (!request.startsWith("HEAD")) {
                assertThat(wire.take(expected.length())).isEqualTo(expected);
            }
        }
        assertThat(gateway.askAdmin("GET /ready HTTP/1.1\nHost: 127.0.0.1\n\n").status())
                .isEqualTo(200);
        assertThat(rejected()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /stats HTTP/1.1\nHost: 127.0.0.1:8081\n\n",
                "GET /health HTTP/1.1\nHost: 10.1.2.3:8081\n\n",
                "GET /stats HTTP/1.1\nHost: [::1]:8081\n\n",
                "GET /stats HTTP/1.1\nHost: LOCALHOST.:8081\n\n",
                "GET /stats HTTP/1.1\nHost: Ops.Example.:8081\n\n",
                "GET /metrics HTTP/1.1\nHost: spillgate\n\n",
                "GET http://ops.example/stats HTTP/1.1\nHost: ops.example\n\n",
                "GET http://localhost/stats HTTP/1.0\n\n",
                "GET /stats HTTP/1.0\n\n",
                "POST /events/t HTTP/1.1\nHost: spillgate\nContent-Length: 1\n\nx",
                "POST /events/t HTTP/1.1\nHost: 127.0.0.1\nOrigin: https://ops.example\n"
                        + "Content-Length: 1\n\nx",
            })
    void answersToItsOwnHosts(String request) {
        assertThat(gateway.askAdmin(request).status()).isEqualTo(200);
    }

    @Test
    void refusesAPageOfAnotherOriginAtAnAddressToo() {
        String request =
                "POST /events/t HTTP/1.1\nHost: 127.0.0.1\nOrigin: http://evil.example\n"
                        + "Content-Length: 1\n\nx";
        assertThat(gateway.askAdmin(request).status()).isEqualTo(403);
    }

    @Test
    void leavesThePublicListenerAlone() {
        assertThat(gateway.ask("GET /health HTTP/1.1\nHost: evil.example\n\n").status())
                .isEqualTo(200);
    }

    @Test
    void takesNewHostsFromAReload() {
        String request = "GET /health HTTP/1.1\nHost: new.example\n\n";
        assertThat(gateway.askAdmin(request).status()).isEqualTo(421);
        gateway.gateway().apply(TestGateway.config("admin.hosts = \"new.example\""));
        assertThat(gateway.askAdmin(request).status()).isEqualTo(200);
    }

    private static String explained(String request) {
        Matcher name = NAME.matcher(request);
        assertThat(name.find()).isTrue();
        return name.group(1)
                + " is not a name of the admin listener; call it by its address or localhost, or"
                + " list the name in admin.hosts\n";
    }

    private double rejected() {
        String page = "GET /metrics HTTP/1.1\nHost: localhost\nConnection: close\n\n";
        String sample = "spillgate_requests_rejected_total{reason=\"misdirected\"} ";
        return gateway.askAdmin(page)
                .text()
                .lines()
                .filter(line -> line.startsWith(sample))
                .mapToDouble(line -> Double.parseDouble(line.substring(sample.length())))
                .sum();
    }
}
