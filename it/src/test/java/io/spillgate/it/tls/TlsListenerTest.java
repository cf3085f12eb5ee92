package io.spillgate.it.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendReply;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;
import io.spillgate.it.tls.TlsClient.Secured;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/// Everything of HTTP/1.1 holds over TLS, with each provider and transport.
@Timeout(120)
@ParameterizedClass
@CsvSource({"boringssl, epoll", "boringssl, io_uring", "boringssl, nio", "jdk, epoll"})
final class TlsListenerTest {
    /// The types of records (RFC 5246 section 6.2.1).
    private static final int ALERT = 21;

    private static final int DATA = 23;

    private final TlsClient client = TlsClient.create();

    private final String provider;
    private final String io;
    private TestGateway gateway;
    private Backend backend;

    TlsListenerTest(String provider, String io) {
        this.provider = provider;
        this.io = io;
    }

    @BeforeEach
    void start(@TempDir Path folder) {
        backend = Backend.start(TlsListenerTest::answer);
        gateway =
                TestGateway.start(
                        """
                        [http]
                        io = "%s"
                        max_body_size = "100kB"
                        [hub]
                        publish_tokens = ["publisher"]
                        [tls]
                        bind_address = "127.0.0.1:0"
                        provider = "%s"
                        %s
                        [[tls.certificates]]
                        %s
                        [http-destinations.b]
                        addresses = ["%s"]
                        [[routes]]
                        path = "/fixed"
                        reply = { status = 200, body = "here" }
                        [[routes]]
                        path = "/b/*"
                        proxy = "b"
                        """
                                .formatted(
                                        io,
                                        provider,
                                        Pem.copy("localhost", folder).toml(),
                                        Pem.copy("other", folder).toml(),
                                        backend.address()));
    }

    @AfterEach
    void stop() {
        gateway.close();
        backend.close();
    }

    @Test
    void aRequestIsAnsweredAndTheConnectionKept() {
        try (Secured secured = connect("localhost")) {
            assertThat(secured.socket().getApplicationProtocol()).isEqualTo("http/1.1");
            for (int i = 0; i < 3; i++) {
                Answer answer =
                        secured.wire().sendLines("GET /fixed HTTP/1.1\nHost: x\n\n").answer();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.text()).isEqualTo("here");
            }
        }
    }

    @Test
    void aStreamHasTheSameBytesAsWithoutTls() {
        try (Secured secured = connect("localhost");
                EventStream over = EventStream.open(secured.wire(), "/events/same");
                EventStream plain = gateway.subscribe("/events/same")) {
            for (int i = 0; i < 50; i++) {
                String data = "x".repeat(i * 700);
                gateway.publish("same", data.isEmpty() ? "-" : data);
                assertThat(over.event().lines()).isEqualTo(plain.event().lines());
            }
        }
    }

    @Test
    void theClosingAlertOfASubscriberEndsItsStream() throws Exception {
        Secured secured = connect("localhost");
        EventStream.open(secured.wire(), "/events/leaves");
        gateway.awaitMetric("spillgate_sse_active_connections", 1);
        secured.socket().shutdownOutput();
        gateway.awaitMetric("spillgate_sse_active_connections", 0);
        secured.close();
    }

    @Test
    void theNameChoosesTheCertificate() {
        assertThat(subject("localhost")).isEqualTo("CN=localhost");
        assertThat(subject("shop.test")).isEqualTo("CN=shop.test");
        assertThat(subject("any.wild.test")).isEqualTo("CN=shop.test");
        assertThat(subject("deep.any.wild.test")).isEqualTo("CN=localhost");
        assertThat(subject("unknown.test")).isEqualTo("CN=localhost");
        assertThat(subject("")).isEqualTo("CN=localhost");
    }

    @Test
    void bothVersionsAreSpoken() {
        for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
            try (Secured secured = client.connect(address(), "localhost", version)) {
                assertThat(secured.socket().getSession().getProtocol()).isEqualTo(version);
                assertThat(secured.socket().getSession().getCipherSuite())
                        .containsAnyOf("GCM", "CHACHA20");
            }
        }
    }

    @Test
    void whoSpeaksPlainHttpIsToldSo() {
        try (Wire wire = Wire.to(address())) {
            Answer answer = wire.sendLines("GET / HTTP/1.1\nHost: x\n\n").answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.text()).contains("This port speaks TLS").contains("https://");
            wire.expectEnd();
        }
    }

    @Test
    void anythingElseThatIsNoHelloIsClosed() {
        // bytes of nothing, an alert, a hello of 1 MiB, a hello of SSL 2
        for (String bytes :
                new String[] {
                    "\0\1\2\3\4\5\6",
                    "\u0015\3\3\0\2\2\0",
                    "\u0016\3\1@\0\1\u0010\0\0" + "x".repeat(16_380),
                    "\u0080.\1\3\1"
                }) {
            try (Wire wire = Wire.to(address())) {
                wire.trySend(bytes);
                boolean _ = wire.endsByReset();
            }
        }
        assertThat(gateway.metric("spillgate_tls_handshakes_total{result=\"failed\"}"))
                .isGreaterThanOrEqualTo(4);
    }

    @Test
    void aBackendIsToldThatTlsWasSpoken() {
        try (Secured secured = connect("localhost")) {
            secured.wire().sendLines("GET /b/proto HTTP/1.1\nHost: front\n\n");
            assertThat(secured.wire().answer().text()).isEqualTo("https");
        }
    }

    @Test
    void anAnswerThatIsWholeEndsWithTheClosingAlertAndATornOneDoesNot() {
        try (Secured secured = client.connect(address(), "localhost", "TLSv1.2")) {
            secured.wire().sendLines("GET /fixed HTTP/1.1\nHost: x\nConnection: close\n\n");
            assertThat(secured.wire().answer().text()).isEqualTo("here");
            secured.wire().expectEnd();
            assertThat(secured.records().getLast()).isEqualTo(ALERT);
        }
        try (Secured secured = client.connect(address(), "localhost", "TLSv1.2")) {
            secured.wire().sendLines("GET /b/torn HTTP/1.1\nHost: front\n\n");
            assertThat(secured.wire().head().status()).isEqualTo(200);
            secured.wire().expect("begun").expectEnd();
            assertThat(secured.records().getLast()).isEqualTo(DATA);
        }
    }

    @Test
    void aRefusedUploadReadsItsAnswer() {
        try (Secured secured = connect("localhost")) {
            Wire wire = secured.wire();
            wire.sendLines(
                    "POST /events/large HTTP/1.1\nHost: x\nAuthorization: Bearer publisher\n"
                            + "Content-Length: 10000000\n\n");
            String piece = "x".repeat(100_000);
            for (int i = 0; i < 20; i++) {
                wire.trySend(piece);
            }
            assertThat(wire.answer().status()).isEqualTo(413);
            wire.expectEnd();
        }
    }

    private static void answer(BackendRequest request, BackendReply reply) throws IOException {
        if (request.target().equals("/b/torn")) {
            reply.send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nbegun").close();
        } else {
            reply.ok(String.valueOf(request.header("X-Forwarded-Proto")));
        }
    }

    private Secured connect(String name) {
        return client.connect(address(), name);
    }

    private String subject(String name) {
        // A client of its own: the JDK's asks for the name of the session that it would resume.
        try (Secured secured = TlsClient.create().connect(address(), name)) {
            return secured.subject();
        }
    }

    private InetSocketAddress address() {
        return gateway.gateway().httpsAddress().orElseThrow();
    }
}
