package io.spillgate.it.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;
import io.spillgate.it.tls.TlsClient.Secured;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/// Who may begin to speak TLS, for how long, and where without it.
@Timeout(60)
final class TlsAdmissionTest {
    private static final String FULL = "spillgate_tls_handshakes_total{result=\"full\"}";

    /// A ClientHello of TLS 1.2 with one cipher, and with nothing to follow it.
    private static final String HELLO =
            "\26\3\1\0Z\1\0\0V\3\3"
                    + "r".repeat(32)
                    + "\0\0\2\u00c0+\1\0"
                    + "\0+"
                    + "\0\12\0\4\0\2\0\27" // groups: P-256
                    + "\0\15\0\4\0\2\4\3" // signatures: ECDSA with SHA-256
                    + "\0\0\0\16\0\14\0\0\11localhost"
                    + "\u00ff\1\0\1\0"
                    + "\0\27\0\0";

    @TempDir private Path folder;

    @Test
    void aHandshakeThatWaitsForNothingIsClosedInTime() {
        try (TestGateway gateway = start("handshake_timeout = \"300ms\"");
                Wire silent = Wire.to(https(gateway));
                Wire halfway = Wire.to(https(gateway))) {
            halfway.send("\u0016\3\1\1\0\1");
            silent.expectEnd();
            halfway.expectEnd();
            gateway.awaitMetric("spillgate_tls_handshake_failures_total{cause=\"timeout\"}", 2);
            gateway.awaitMetric("spillgate_connections_active", 0);
        }
    }

    /// A place is taken by who has sent a hello, and given back; who says nothing keeps nobody out.
    @Test
    void handshakesInProgressAreCounted() {
        try (TestGateway gateway = start("handshake_timeout = \"20s\"\nmax_handshakes = 1");
                Wire silent = Wire.to(https(gateway));
                Wire halfway = Wire.to(https(gateway))) {
            halfway.send("\u0016\3\1\1\0\1");
            for (int i = 0; i < 3; i++) {
                TlsClient.create().connect(https(gateway), "localhost").close();
            }
            try (Wire holds = Wire.to(https(gateway))) {
                holds.send(HELLO);
                assertThat(holds.read()).isEqualTo(22);
                Thread second =
                        Thread.ofVirtual()
                                .start(() ->
                                        TlsClient.create().connect(https(gateway), "").close());
                gateway.awaitMetric("spillgate_connections_active", 4);
                assertThat(gateway.metric(FULL)).isEqualTo(3);
                holds.reset();
                join(second);
            }
            gateway.awaitMetric(FULL, 4);
            silent.expectSilence(Duration.ofMillis(100));
        }
    }

    @Test
    void whoIsAboveTheCapAndSaysNothingIsClosedSoonAndCounted() {
        TlsClient client = TlsClient.create();
        try (TestGateway gateway = start("", "max_connections = 1");
                Secured first = client.connect(https(gateway), "localhost");
                Wire silent = Wire.to(https(gateway))) {
            silent.expectEnd();
            gateway.awaitMetric("spillgate_connections_rejected_total", 1);
            first.wire().sendLines("GET /health HTTP/1.1\nHost: x\n\n");
            assertThat(first.wire().answer().status()).isEqualTo(200);
        }
    }

    @Test
    void nobodyNegotiatesAgain() throws Exception {
        for (String provider : new String[] {"boringssl", "jdk"}) {
            try (TestGateway gateway = start("provider = \"" + provider + "\"");
                    Secured secured =
                            TlsClient.create().connect(https(gateway), "localhost", "TLSv1.2")) {
                secured.wire().sendLines("GET /health HTTP/1.1\nHost: x\n\n");
                assertThat(secured.wire().answer().status()).isEqualTo(200);
                secured.socket().startHandshake();
                assertThatThrownBy(
                                () -> {
                                    secured.wire().sendLines("GET /health HTTP/1.1\nHost: x\n\n");
                                    secured.wire().answer();
                                })
                        .as(provider)
                        .isNotNull();
            }
        }
    }

    @Test
    void aConnectionAboveTheCapIsToldSo() {
        TlsClient client = TlsClient.create();
        try (TestGateway gateway = start("", "max_connections = 1");
                Secured first = client.connect(https(gateway), "localhost");
                EventStream stream = EventStream.open(first.wire(), "/events/t");
                Secured second = client.connect(https(gateway), "localhost")) {
            Answer answer = second.wire().sendLines("GET /events/t HTTP/1.1\nHost: x\n\n").answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isEqualTo("10");
            second.wire().expectEnd();
            gateway.publish("t", "x");
            assertThat(stream.event().data()).isEqualTo("x");
        }
    }

    @Test
    void anUnknownNameIsRefusedWhereThatIsWanted() {
        TlsClient client = TlsClient.create();
        try (TestGateway gateway = start("strict_sni = true")) {
            for (String name : new String[] {"unknown.test", ""}) {
                assertThatThrownBy(() -> client.connect(https(gateway), name))
                        .hasMessageContaining("unrecognized_name");
            }
            client.connect(https(gateway), "localhost").close();
            gateway.awaitMetric(
                    "spillgate_tls_handshake_failures_total{cause=\"unknown_name\"}", 2);
        }
    }

    @Test
    void anOldVersionIsRefusedWhereThatIsWanted() {
        TlsClient client = TlsClient.create();
        try (TestGateway gateway = start("min_version = \"1.3\"")) {
            assertThatThrownBy(() -> client.connect(https(gateway), "localhost", "TLSv1.2"))
                    .hasMessageContaining("protocol_version");
            client.connect(https(gateway), "localhost", "TLSv1.3").close();
            gateway.awaitMetric("spillgate_tls_handshake_failures_total{cause=\"protocol\"}", 1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET /a?b=c, front.test, 301, https://front.test/a?b=c",
        "HEAD /a, front.test, 301, https://front.test/a",
        "POST /a, front.test:80, 308, https://front.test:PORT/a",
        "OPTIONS /a, '[::1]:80', 308, https://[::1]:PORT/a",
        "GET http://front.test/x, front.test, 301, https://front.test/x",
    })
    void theListenerWithoutTlsSendsEverybodyToIt(
            String line, String host, int status, String location) {
        try (TestGateway gateway = start("redirect_http = true")) {
            String port = Integer.toString(https(gateway).getPort());
            try (Wire wire = gateway.connect()) {
                wire.sendLines(line + " HTTP/1.1\nHost: " + host + "\n\n");
                Answer head = wire.head();
                assertThat(head.status()).isEqualTo(status);
                assertThat(head.header("Location")).isEqualTo(location.replace("PORT", port));
            }
            assertThat(gateway.ask("GET /health HTTP/1.1\nHost: x\n\n").status()).isEqualTo(200);
            assertThat(gateway.ask("GET / HTTP/1.0\n\n").status()).isEqualTo(400);
            try (Secured secured = TlsClient.create().connect(https(gateway), "localhost")) {
                secured.wire().sendLines("GET /health HTTP/1.1\nHost: x\n\n");
                assertThat(secured.wire().answer().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void theAdminListenerAsksForACertificateOfItsAuthority() {
        Pem own = Pem.copy("client", folder);
        Path authority = folder.resolve("authority.pem");
        Pem.copyFile("authority.pem", authority);
        try (TestGateway gateway =
                TestGateway.start(
                        "[admin]\n"
                                + Pem.copy("localhost", folder).toml()
                                + "client_ca_file = \""
                                + authority
                                + "\"\n")) {
            InetSocketAddress admin = gateway.adminAddress();
            TlsClient known = TlsClient.showing(own);
            for (int i = 0; i < 2; i++) {
                try (Secured secured = known.connect(admin, "localhost")) {
                    secured.wire().sendLines("GET /stats HTTP/1.1\nHost: localhost\n\n");
                    assertThat(secured.wire().answer().status()).isEqualTo(200);
                }
            }
            Pem stranger = Pem.copy("renewed", folder);
            assertThatThrownBy(() -> asked(TlsClient.showing(stranger), admin)).isNotNull();
            assertThatThrownBy(() -> asked(TlsClient.create(), admin)).isNotNull();
            try (Secured secured = known.connect(admin, "localhost")) {
                secured.wire().sendLines("GET /metrics HTTP/1.1\nHost: localhost\n\n");
                assertThat(secured.wire().answer().text())
                        .contains("failures_total{cause=\"client_certificate\"} 2.0")
                        .contains("handshakes_total{result=\"resumed\"} 0.0");
            }
        }
    }

    @Test
    void aDrainEndsStreamsAndConnectionsCleanly() {
        TlsClient client = TlsClient.create();
        try (TestGateway gateway = start("");
                Secured secured = client.connect(https(gateway), "localhost");
                Secured idle = client.connect(https(gateway), "localhost");
                EventStream stream = EventStream.open(secured.wire(), "/events/t")) {
            gateway.gateway().drain();
            assertThat(stream.block().field("event")).isEqualTo("server-shutdown");
            stream.expectEnd();
            idle.wire().expectEnd();
            assertThat(gateway.gateway().drained().join()).isTrue();
        }
    }

    private static Answer asked(TlsClient client, InetSocketAddress admin) {
        try (Secured secured = client.connect(admin, "localhost")) {
            return secured.wire().sendLines("GET /stats HTTP/1.1\nHost: localhost\n\n").answer();
        }
    }

    private TestGateway start(String tls, String... http) {
        return TestGateway.start(
                "[http]\n"
                        + String.join("\n", http)
                        + "\n[tls]\nbind_address = \"127.0.0.1:0\"\n"
                        + Pem.copy("localhost", folder).toml()
                        + tls
                        + "\n");
    }

    private static InetSocketAddress https(TestGateway gateway) {
        return gateway.gateway().httpsAddress().orElseThrow();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
