package io.spillgate.client.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.config.HttpsProxyConfig;
import io.spillgate.config.IoMode;
import io.spillgate.config.TlsConfig;
import io.spillgate.net.Loops;
import io.spillgate.net.Transport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// TLS through a proxy that is asked by CONNECT.
@Timeout(120)
class ProxyTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final String OPENED = "HTTP/1.1 200 Connection established\r\n\r\n";

    @TempDir private static Path folder;

    private static Certificates good;

    private final Loops loops = new Loops(Transport.of(IoMode.AUTO), 1);
    private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();

    @BeforeAll
    static void makeCertificate() throws Exception {
        good = Certificates.make(folder, "good", "dns:good.test,ip:127.0.0.1");
    }

    @AfterEach
    void stop() {
        loops.close();
    }

    @ParameterizedTest
    @EnumSource
    void tlsGoesThroughTheTunnel(Transport transport) throws Exception {
        try (Loops other = Transports.loops(transport, 1);
                TlsServer server = new TlsServer(good.server(good)).start();
                ScriptedServer proxy = new ScriptedServer(tunnel(OPENED, server.address()))) {
            Clients clients = clients(other, proxy);
            Inbox inbox = clients.read(clients.secure("good.test"), server.address());

            assertThat(inbox.take(5)).isEqualTo("hello");
            assertThat(server.visit().serverNames()).containsExactly("good.test");
        }
    }

    @Test
    void asksForTheNameThatTheAddressWasFoundBy() throws Exception {
        InetAddress named = InetAddress.getByAddress("good.test", LOOPBACK.getAddress());
        assertThat(request(new InetSocketAddress(named, 443), "", ""))
                .isEqualTo("CONNECT good.test:443 HTTP/1.1\r\nHost: good.test:443\r\n\r\n");
    }

    @Test
    void asksForAnAddressThatIsNotResolved() throws Exception {
        assertThat(request(InetSocketAddress.createUnresolved("far.test", 8443), "", ""))
                .startsWith("CONNECT far.test:8443 HTTP/1.1\r\nHost: far.test:8443\r\n");
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.1, 10.0.0.1:443", "fd00::1, [fd00::1]:443"})
    void asksForAnIp(String ip, String authority) throws Exception {
        InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(ip), 443);
        assertThat(request(address, "", ""))
                .isEqualTo("CONNECT %1$s HTTP/1.1\r\nHost: %1$s\r\n\r\n".formatted(authority));
    }

    @Test
    void sendsItsCredentials() throws Exception {
        InetSocketAddress address = InetSocketAddress.createUnresolved("far.test", 443);
        assertThat(request(address, "jürgen", "open: sesame\r\nX: y"))
                .isEqualTo(
                        "CONNECT far.test:443 HTTP/1.1\r\n"
                            + "Host: far.test:443\r\n"
                            + "Proxy-Authorization: Basic asO8cmdlbjpvcGVuOiBzZXNhbWUNClg6IHk=\r\n"
                            + "\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'a\r\nX: y'",
                "a b",
                "a/b",
                "a@b",
            })
    void nothingButANameGetsIntoTheRequest(String host) throws Exception {
        try (ScriptedServer proxy = new ScriptedServer(answering(OPENED))) {
            Clients clients = clients(loops, proxy);
            InetSocketAddress address = InetSocketAddress.createUnresolved(host, 443);
            ConnectFailure failure = clients.fail(clients.secure("good.test"), address);

            assertThat(failure.reason()).isEqualTo(ConnectFailure.Reason.PROXY);
            assertThat(failure).hasMessageContaining("cannot be asked for the host");
            assertThat(asked.poll(30, TimeUnit.SECONDS)).isEmpty();
        }
    }

    @Test
    void takesInterimAnswersAndAnyFieldBeforeTheFinalOne() throws Exception {
        String answer =
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 204 \r\nContent-Length: 7\r\nVia: x\r\n\r\n";
        try (TlsServer server = new TlsServer(good.server(good)).start();
                ScriptedServer proxy = new ScriptedServer(tunnel(answer, server.address()))) {
            Clients clients = clients(loops, proxy);
            assertThat(clients.open(clients.secure("good.test"), server.address()).isActive())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'HTTP/1.1 407 Proxy Authentication Required\r\n"
                        + "A: b\r\n\r\n"
                        + "body' | refused the tunnel: 407 Proxy Authentication Required",
                "'HTTP/1.1 403\r\n\r\n' | refused the tunnel: 403",
                "'HTTP/1.1 302 Found\r\n\r\n' | refused the tunnel: 302 Found",
                "'HTTP/1.1 101 Switching\r\n\r\n' | refused the tunnel: 101 Switching",
                "'HTTP/1.1 200 OK\r\n\r\nx' | sent more than the head of its answer",
                "'HTTP/1.1 200 OK\n\n"
                    + "' | answered CONNECT with something else than HTTP: a line does not end with"
                    + " CRLF",
                "'HTTP/1.1 200 OK\r\n"
                        + "A : b\r\n\r\n"
                        + "' | answered CONNECT with something else than HTTP: line 2 is no header"
                        + " field",
                "'HTTP/1.1 200 OK\r\n"
                        + "A: b\r\n"
                        + " c\r\n\r\n"
                        + "' | answered CONNECT with something else than HTTP: line 3 is no header"
                        + " field",
                "'HTTP/2 200 OK\r\n\r\n"
                        + "' | answered CONNECT with something else than HTTP: its first line is no"
                        + " status line",
                "'SSH-2.0-OpenSSH_9.9\r\n\r\n"
                        + "' | answered CONNECT with something else than HTTP: its first line is no"
                        + " status line",
                "'HTTP/1.1 200 OK\r\n' | closed the connection before it answered CONNECT",
            })
    void saysWhatTheProxyAnswered(String answer, String sentence) throws Exception {
        try (ScriptedServer proxy = new ScriptedServer(answering(answer))) {
            assertThat(failure(proxy)).isEqualTo(sentence);
        }
    }

    @Test
    void refusesAnEndlessHead() throws Exception {
        String endless = "HTTP/1.1 200 OK\r\n" + "A: bcdefgh\r\n".repeat(1000);
        try (ScriptedServer proxy = new ScriptedServer(answering(endless))) {
            assertThat(failure(proxy))
                    .isEqualTo(
                            "answered CONNECT with something else than HTTP: its head is longer"
                                    + " than 8192 bytes");
        }
    }

    @Test
    void takesAnAnswerThatComesByteByByte() throws Exception {
        try (TlsServer server = new TlsServer(good.server(good)).start();
                ScriptedServer proxy = new ScriptedServer(dribbling(OPENED, server.address()))) {
            Clients clients = clients(loops, proxy);
            assertThat(clients.open(clients.secure("good.test"), server.address()).isActive())
                    .isTrue();
        }
    }

    @Test
    void theTimeoutCoversTheProxy() throws Exception {
        ScriptedServer.Script silent = socket -> socket.getInputStream().readAllBytes();
        try (ScriptedServer proxy = new ScriptedServer(silent)) {
            Clients clients = clients(loops, proxy).timeoutMillis(300);
            InetSocketAddress address = InetSocketAddress.createUnresolved("far.test", 443);
            ConnectFailure failure = clients.fail(clients.secure("far.test"), address);

            assertThat(failure.reason()).isEqualTo(ConnectFailure.Reason.TIMED_OUT);
            assertThat(failure)
                    .hasMessage(
                            "far.test:443 was not connected within 300 ms: waited for the answer of"
                                    + " the HTTPS proxy 127.0.0.1:%d to CONNECT"
                                            .formatted(proxy.port()));
        }
    }

    @Test
    void saysThatNoProxyListens() throws Exception {
        try (Socket deaf = new Socket()) {
            deaf.bind(new InetSocketAddress(LOOPBACK, 0));
            int port = deaf.getLocalPort();
            Clients clients =
                    new Clients(loops).proxy(new HttpsProxyConfig("127.0.0.1", port, "", ""));
            ConnectFailure failure =
                    clients.fail(
                            clients.secure("far.test"),
                            InetSocketAddress.createUnresolved("far.test", 443));

            assertThat(failure.reason()).isEqualTo(ConnectFailure.Reason.PROXY);
            assertThat(failure)
                    .hasMessage(
                            "far.test:443 was not connected: the HTTPS proxy 127.0.0.1:%1$d cannot"
                                            .formatted(port)
                                    + " be used: 127.0.0.1:%1$d refused the connection"
                                            .formatted(port));
        }
    }

    @Test
    void aProxyWithANameIsTriedAtEachOfItsAddresses() throws Exception {
        try (NameServer dns = new NameServer();
                TlsServer server = new TlsServer(good.server(good)).start();
                ScriptedServer proxy = new ScriptedServer(tunnel(OPENED, server.address()));
                Resolver resolver = new Resolver(loops, dns.address())) {
            dns.ips("proxy.test", 30, "127.0.0.2", "127.0.0.1");
            Clients clients =
                    new Clients(loops)
                            .tls(trusting())
                            .proxy(new HttpsProxyConfig("proxy.test", proxy.port(), "", ""));
            try (Connector connector = clients.connector(resolver, true, "good.test")) {
                assertThat(clients.open(connector, server.address()).isActive()).isTrue();
                assertThat(clients.open(connector, server.address()).isActive()).isTrue();
            }
            assertThat(dns.asked().stream().filter("proxy.test A"::equals)).hasSize(1);
        }
    }

    @Test
    void saysThatTheProxysNameHasNoAddress() throws Exception {
        try (NameServer dns = new NameServer();
                Resolver resolver = new Resolver(loops, dns.address())) {
            Clients clients =
                    new Clients(loops).proxy(new HttpsProxyConfig("proxy.test", 3128, "", ""));
            InetSocketAddress address = InetSocketAddress.createUnresolved("far.test", 443);
            try (Connector connector = clients.connector(resolver, true, "far.test")) {
                ConnectFailure failure = clients.fail(connector, address);
                assertThat(failure.reason()).isEqualTo(ConnectFailure.Reason.PROXY);
                assertThat(failure)
                        .hasMessage(
                                "far.test:443 was not connected: the HTTPS proxy proxy.test:3128"
                                        + " has no address: proxy.test does not exist in the DNS"
                                        + " (NXDOMAIN)");
            }
        }
    }

    @Test
    void plainConnectionsDoNotUseTheProxy() throws Exception {
        try (ScriptedServer server = new ScriptedServer(socket -> write(socket, "direct"));
                ScriptedServer proxy = new ScriptedServer(answering(OPENED))) {
            Clients clients = clients(loops, proxy);
            assertThat(clients.read(clients.plain(), server.address()).takeAll())
                    .isEqualTo("direct");
            assertThat(asked).isEmpty();
        }
    }

    /// What a proxy gets.
    private String request(InetSocketAddress target, String username, String password)
            throws Exception {
        try (ScriptedServer proxy = new ScriptedServer(answering("HTTP/1.1 403 No\r\n\r\n"))) {
            HttpsProxyConfig config =
                    new HttpsProxyConfig("127.0.0.1", proxy.port(), username, password);
            Clients clients = new Clients(loops).proxy(config);
            clients.fail(clients.secure("good.test"), target);
        }
        String request = asked.poll(30, TimeUnit.SECONDS);
        return request == null ? "nothing" : request;
    }

    /// What is said after the proxy's address.
    private String failure(ScriptedServer proxy) throws Exception {
        Clients clients = clients(loops, proxy);
        InetSocketAddress address = InetSocketAddress.createUnresolved("far.test", 443);
        ConnectFailure failure = clients.fail(clients.secure("far.test"), address);
        String prefix =
                "far.test:443 was not connected: the HTTPS proxy 127.0.0.1:" + proxy.port() + " ";
        assertThat(failure.reason()).isEqualTo(ConnectFailure.Reason.PROXY);
        assertThat(failure).hasMessageStartingWith(prefix);
        return String.valueOf(failure.getMessage()).substring(prefix.length());
    }

    private ScriptedServer.Script answering(String answer) {
        return socket -> {
            asked.add(head(socket));
            write(socket, answer);
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        };
    }

    private ScriptedServer.Script tunnel(String answer, InetSocketAddress target) {
        return socket -> {
            asked.add(head(socket));
            write(socket, answer);
            relay(socket, target);
        };
    }

    private ScriptedServer.Script dribbling(String answer, InetSocketAddress target) {
        return socket -> {
            head(socket);
            socket.setTcpNoDelay(true);
            for (int i = 0; i < answer.length(); i++) {
                write(socket, answer.substring(i, i + 1));
            }
            relay(socket, target);
        };
    }

    private static void relay(Socket socket, InetSocketAddress target) throws IOException {
        try (Socket onward = new Socket(target.getAddress(), target.getPort())) {
            Thread.startVirtualThread(() -> {
                try {
                    onward.getInputStream().transferTo(socket.getOutputStream());
                } catch (IOException _) {
                    // one of them went
                }
            });
            socket.getInputStream().transferTo(onward.getOutputStream());
        }
    }

    private static String head(Socket socket) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int one = in.read();
            if (one < 0) {
                break;
            }
            head.write(one);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Clients clients(Loops loops, ScriptedServer proxy) {
        return new Clients(loops)
                .tls(trusting())
                .proxy(new HttpsProxyConfig("127.0.0.1", proxy.port(), "", ""));
    }

    private static TlsConfig trusting() {
        return new TlsConfig(true, good.authority().toString(), "", "", "");
    }
}
