package io.spillgate.it.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillgate.config.GatewayConfig;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.tls.TlsClient.Secured;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/// New certificates for new handshakes; what is open goes on, and sessions are resumed.
@Timeout(60)
final class TlsReloadTest {
    private final TlsClient client = TlsClient.create();

    @TempDir private Path folder;
    private TestGateway gateway;
    private String toml;

    @BeforeEach
    void start() throws IOException {
        Path secret = folder.resolve("secret");
        Files.write(secret, new byte[48]);
        toml =
                """
                [tls]
                bind_address = "127.0.0.1:0"
                ticket_secret_file = "%s"
                %s
                """
                        .formatted(secret, Pem.copy("localhost", folder, "shown").toml());
        gateway = TestGateway.start(toml);
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void aReloadChangesTheCertificateAndCutsNothing() {
        try (Secured before = client.connect(address(), "localhost");
                EventStream stream = EventStream.open(before.wire(), "/events/t")) {
            assertThat(before.subject()).isEqualTo("CN=localhost");
            Pem.copy("renewed", folder, "shown");
            gateway.gateway().apply(TestGateway.config(toml));
            try (Secured after = TlsClient.create().connect(address(), "localhost")) {
                assertThat(after.subject()).isEqualTo("CN=renewed");
            }
            gateway.publish("t", "still here");
            assertThat(stream.event().data()).isEqualTo("still here");
        }
    }

    @Test
    void sessionsFromBeforeAreResumed() {
        for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
            double resumed = resumed();
            exchange(client, version);
            gateway.gateway().apply(TestGateway.config(toml));
            exchange(client, version);
            assertThat(resumed()).as(version).isEqualTo(resumed + 1);
        }
    }

    @Test
    void theProcessBesideResumesThemToo() {
        exchange(client, "TLSv1.3");
        InetSocketAddress first = address();
        gateway.close();
        gateway = TestGateway.start(toml.replace("127.0.0.1:0", "127.0.0.1:" + first.getPort()));
        exchange(client, "TLSv1.3");
        assertThat(resumed()).isEqualTo(1);
    }

    @Test
    void withoutTicketsNothingIsResumed() {
        gateway.close();
        gateway = TestGateway.start(toml + "session_tickets = false\n");
        for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
            exchange(client, version);
            exchange(client, version);
        }
        assertThat(resumed()).isZero();
    }

    @Test
    void aFileThatCanNotBeUsedChangesNothing() throws IOException {
        GatewayConfig config = TestGateway.config(toml);
        Files.writeString(folder.resolve("shown.key"), "no key");
        assertThatThrownBy(() -> gateway.gateway().apply(config))
                .hasMessageContaining("tls.key_file")
                .hasMessageContaining("shown.key");
        try (Secured after = client.connect(address(), "localhost")) {
            assertThat(after.subject()).isEqualTo("CN=localhost");
        }
    }

    @Test
    void handshakesAndReloadsAtOnceHarmNobody() {
        Thread reloads =
                Thread.ofVirtual()
                        .start(() -> {
                            for (int i = 0; i < 300; i++) {
                                gateway.gateway().apply(TestGateway.config(toml));
                            }
                        });
        int handshakes = 0;
        while (reloads.isAlive() || handshakes < 50) {
            exchange(TlsClient.create(), "TLSv1.3");
            handshakes++;
        }
        assertThat(gateway.metric("spillgate_tls_handshakes_total{result=\"failed\"}")).isZero();
    }

    private void exchange(TlsClient by, String version) {
        try (Secured secured = by.connect(address(), "localhost", version)) {
            secured.wire().sendLines("GET /health HTTP/1.1\nHost: x\n\n");
            assertThat(secured.wire().answer().status()).isEqualTo(200);
        }
    }

    private double resumed() {
        return gateway.metric("spillgate_tls_handshakes_total{result=\"resumed\"}");
    }

    private InetSocketAddress address() {
        return gateway.gateway().httpsAddress().orElseThrow();
    }
}
