package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendReply;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/// TLS to the backends, directly and through a proxy that is asked by CONNECT.
final class TlsTest {
    @TempDir private static Path folder;

    private static String pem = "";
    private static Backend backend = Backend.saying("");

    @BeforeAll
    static void start() throws Exception {
        backend.close();
        Certificate certificate = new Certificate(folder, "ip:127.0.0.1,dns:inside.test");
        pem = certificate.pem().toString();
        backend =
                Backend.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Backend.Reading.WHOLE,
                        certificate.sockets(),
                        (request, reply) -> reply.ok("secret"));
    }

    @AfterAll
    static void stop() {
        backend.close();
    }

    @Test
    void reachesADestinationWhoseCertificateIsTrusted() {
        try (PoolGateway gateway = PoolGateway.to(backend, "tls = true\n" + trusting("client."))) {
            assertThat(gateway.get("1").body()).isEqualTo("secret");
            assertThat(gateway.get("2").body()).isEqualTo("secret");
        }
    }

    @Test
    void reachesAHostOfAnHttpsRoute() {
        String url = "https://" + backend.address();
        try (PoolGateway gateway = PoolGateway.host(url, "[client]\n" + trusting(""))) {
            assertThat(gateway.get("1").body()).isEqualTo("secret");
        }
    }

    @Test
    void refusesACertificateThatNobodyTrusts() {
        try (PoolGateway gateway = PoolGateway.to(backend, "tls = true")) {
            assertThat(gateway.get("1").statusLine()).isEqualTo("HTTP/1.1 502 Bad Gateway");
            assertThat(gateway.failures("tls")).isEqualTo(1);
        }
    }

    @Test
    void takesAnyCertificateIfToldSo() {
        try (PoolGateway gateway =
                PoolGateway.to(backend, "tls = true\nclient.tls.verify = false")) {
            assertThat(gateway.get("1").body()).isEqualTo("secret");
        }
    }

    @Test
    void refusesACertificateForAnotherName() {
        String wrong = "tls = true\nclient.tls.server-name = \"outside.test\"\n";
        try (PoolGateway gateway = PoolGateway.to(backend, wrong + trusting("client."))) {
            assertThat(gateway.get("1").status()).isEqualTo(502);
            assertThat(gateway.failures("tls")).isEqualTo(1);
        }
    }

    @Test
    void verifiesTheNameThatItWasTold() {
        String right = "tls = true\nclient.tls.server-name = \"inside.test\"\n";
        try (PoolGateway gateway = PoolGateway.to(backend, right + trusting("client."))) {
            assertThat(gateway.get("1").body()).isEqualTo("secret");
        }
    }

    @Test
    void doesNotSpeakTlsToADestinationIfNotTold() {
        try (Backend plain = Backend.saying("open");
                PoolGateway gateway = PoolGateway.to(plain, "")) {
            assertThat(gateway.get("1").body()).isEqualTo("open");
        }
    }

    @Test
    void failsAtABackendThatDoesNotSpeakTls() {
        try (SilentServer door = new SilentServer();
                PoolGateway gateway =
                        PoolGateway.to(
                                List.of(door.address()), "tls = true\n" + trusting("client."))) {
            Wire wire = gateway.ask("1");
            door.awaitAttempts(1);
            door.shut();
            assertThat(wire.answer().status()).isEqualTo(502);
        }
    }

    @Test
    void goesThroughTheProxy() {
        try (Backend proxy = Backend.start(TlsTest::tunnel);
                PoolGateway gateway =
                        PoolGateway.to(
                                backend, "tls = true\n" + via(proxy) + trusting("client."))) {
            assertThat(gateway.get("1").body()).isEqualTo("secret");
            assertThat(gateway.get("2").body()).isEqualTo("secret");
            BackendRequest connect = proxy.await(1);
            assertThat(connect.line()).isEqualTo("CONNECT " + backend.address() + " HTTP/1.1");
            assertThat(connect.values("Host")).containsExactly(backend.address());
            assertThat(connect.values("Proxy-Authorization")).isEmpty();
            assertThat(proxy.requests()).hasSize(1);
        }
    }

    /// Only the proxy knows the name.
    @ParameterizedTest
    @ValueSource(strings = {"destination", "host", "service"})
    void leavesTheTargetsNameToTheProxy(String kind) {
        String name = "inside.test:" + backend.port();
        Backend.Script mapping = (request, reply) -> tunnel(backend.socketAddress(), reply);
        try (Names names = new Names();
                Backend proxy = Backend.start(mapping)) {
            names.service("_https._tcp.web.test", name);
            try (PoolGateway gateway =
                    switch (kind) {
                        case "host" ->
                                PoolGateway.host(
                                        "https://" + name,
                                        "[client]\n"
                                                + names.key()
                                                + "\n"
                                                + via(proxy).replace("client.", "")
                                                + trusting(""));
                        case "service" -> through(proxy, names, "srv:_https._tcp.web.test");
                        default -> through(proxy, names, name);
                    }) {
                assertThat(gateway.get("1").body()).isEqualTo("secret");
                assertThat(proxy.await(1).target()).isEqualTo(name);
                assertThat(names.asked("inside.test")).isZero();
            }
        }
    }

    private static PoolGateway through(Backend proxy, Names names, String address) {
        return PoolGateway.to(
                List.of(address),
                "tls = true\nclient." + names.key() + "\n" + via(proxy) + trusting("client."));
    }

    @Test
    void showsItsCredentialsToTheProxyOnly() {
        String credentials =
                "client.proxy.https.username = \"me\"\nclient.proxy.https.password = \"pa:ss\"\n";
        try (Backend proxy = Backend.start(TlsTest::tunnel);
                PoolGateway gateway =
                        PoolGateway.to(
                                backend,
                                "tls = true\n" + via(proxy) + credentials + trusting("client."))) {
            int before = backend.requests().size();
            assertThat(gateway.get("1").body()).isEqualTo("secret");
            String basic =
                    Base64.getEncoder()
                            .encodeToString("me:pa:ss".getBytes(StandardCharsets.US_ASCII));
            assertThat(proxy.await(1).header("Proxy-Authorization")).isEqualTo("Basic " + basic);
            assertThat(backend.await(before + 1).values("Proxy-Authorization")).isEmpty();
        }
    }

    @Test
    void tellsWhenTheProxyRefuses() {
        Backend.Script refusing =
                (request, reply) -> {
                    reply.sendLines("HTTP/1.1 403 Forbidden\nContent-Length: 0\n\n");
                    reply.close();
                };
        try (Backend proxy = Backend.start(refusing);
                PoolGateway gateway = PoolGateway.to(backend, "tls = true\n" + via(proxy))) {
            assertThat(gateway.get("1").statusLine()).isEqualTo("HTTP/1.1 502 Bad Gateway");
            assertThat(gateway.failures("proxy")).isEqualTo(1);
            assertThat(proxy.requests()).hasSize(1);
        }
    }

    @Test
    void doesNotUseTheProxyWithoutTls() {
        try (Backend proxy = Backend.saying("proxy");
                Backend plain = Backend.saying("open");
                PoolGateway gateway = PoolGateway.to(plain, via(proxy))) {
            assertThat(gateway.get("1").body()).isEqualTo("open");
            assertThat(proxy.total()).isZero();
        }
    }

    private static String trusting(String prefix) {
        return prefix + "tls.trust-file = \"" + pem + "\"\n";
    }

    private static String via(Backend proxy) {
        return "client.proxy.https.host = \"127.0.0.1\"\nclient.proxy.https.port = %d\n"
                .formatted(proxy.port());
    }

    /// What a proxy does with CONNECT.
    private static void tunnel(BackendRequest request, BackendReply reply) throws Exception {
        String[] place = request.target().split(":", 2);
        tunnel(
                new InetSocketAddress(InetAddress.ofLiteral(place[0]), Integer.parseInt(place[1])),
                reply);
    }

    private static void tunnel(InetSocketAddress to, BackendReply reply) throws Exception {
        try (Socket there = new Socket(to.getAddress(), to.getPort())) {
            reply.sendLines("HTTP/1.1 200 Connection established\n\n");
            OutputStream out = there.getOutputStream();
            Thread up = Thread.ofVirtual().start(() -> pump(reply.input(), out));
            byte[] buffer = new byte[8192];
            InputStream back = there.getInputStream();
            for (int count = back.read(buffer); count >= 0; count = back.read(buffer)) {
                reply.send(Arrays.copyOf(buffer, count));
            }
            reply.close();
            up.join();
        }
    }

    private static void pump(InputStream from, OutputStream to) {
        try {
            from.transferTo(to);
        } catch (IOException e) {
            return;
        } finally {
            quietly(to);
        }
    }

    private static void quietly(OutputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            return;
        }
    }
}
