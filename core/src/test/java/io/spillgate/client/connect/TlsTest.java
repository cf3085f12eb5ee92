package io.spillgate.client.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.spillgate.config.IoMode;
import io.spillgate.config.TlsConfig;
import io.spillgate.net.AddressText;
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
import org.slf4j.LoggerFactory;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// TLS with a real server: whom it trusts, what it asks for, and what it says when it fails.
@Timeout(120)
class TlsTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    @TempDir private static Path folder;

    private static Certificates good;
    private static Certificates expired;
    private static Certificates client;

    private final Loops loops = new Loops(Transport.of(IoMode.AUTO), 1);
    private final Clients clients = new Clients(loops).tls(trusting("good-ca.pem"));

    @BeforeAll
    static void makeCertificates() throws Exception {
        good = Certificates.make(folder, "good", "dns:good.test,ip:127.0.0.1");
        expired =
                Certificates.make(
                        folder, "expired", "dns:good.test", "-startdate", "-9d", "-validity", "5");
        client = Certificates.make(folder, "client", "dns:client.test");
    }

    @AfterEach
    void stop() {
        loops.close();
    }

    @ParameterizedTest
    @EnumSource
    void bytesGoBothWaysAndTheFirstIsNotLost(Transport transport) throws Exception {
        try (Loops other = Transports.loops(transport, 1);
                TlsServer server = new TlsServer(good.server(client)).start()) {
            Clients any = new Clients(other).tls(trusting("good-ca.pem"));
            Inbox inbox = any.read(any.secure("good.test"), server.address());
            assertThat(inbox.take(5)).isEqualTo("hello");

            inbox.channel().writeAndFlush(Unpooled.copiedBuffer("echo", StandardCharsets.US_ASCII));
            assertThat(inbox.take(4)).isEqualTo("echo");
        }
    }

    @Test
    void readsOnlyWhenAsked() throws Exception {
        try (TlsServer server = new TlsServer(good.server(client)).start()) {
            Inbox inbox = clients.read(clients.secure("good.test"), server.address(), false);
            server.visit();
            for (int turn = 0; turn < 100; turn++) {
                loops.all().getFirst().submit(() -> {}).get();
            }
            assertThat(inbox.bytes()).isZero();

            inbox.channel().read();
            assertThat(inbox.take(5)).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "good.test, '', good.test",
        "good.test., '', good.test",
        "other.test, good.test, good.test",
    })
    void asksForTheServerByName(String target, String configured, String asked) throws Exception {
        TlsConfig config = new TlsConfig(true, good.authority().toString(), configured, "", "");
        try (TlsServer server = new TlsServer(good.server(client)).start()) {
            Clients named = new Clients(loops).tls(config);
            named.open(named.secure(target), server.address());
            assertThat(server.visit().serverNames()).containsExactly(asked);
        }
    }

    @Test
    void asksByTheNameThatTheAddressWasFoundByWhenThereIsNoOther() throws Exception {
        try (TlsServer server = new TlsServer(good.server(client)).start()) {
            InetAddress named = InetAddress.getByAddress("good.test", LOOPBACK.getAddress());
            int port = server.address().getPort();
            clients.open(clients.secure(""), new InetSocketAddress(named, port));
            assertThat(server.visit().serverNames()).containsExactly("good.test");
        }
    }

    @ParameterizedTest
    @CsvSource({"box, box", "my_box, ''", "'', ''"})
    void asksForAnyHostNameAndNothingElse(String name, String asked) throws Exception {
        TlsConfig config = new TlsConfig(false, "", name, "", "");
        try (TlsServer server = new TlsServer(good.server(client)).start()) {
            Clients named = new Clients(loops).tls(config);
            named.open(named.secure(""), server.address());
            assertThat(String.join(" ", server.visit().serverNames())).isEqualTo(asked);
        }
    }

    @Test
    void verifiesAnIpAndDoesNotAskForItByName() throws Exception {
        try (TlsServer server = new TlsServer(good.server(client)).start()) {
            clients.open(clients.secure("127.0.0.1"), server.address());
            assertThat(server.visit().serverNames()).isEmpty();
        }
    }

    @Test
    void resumesASession() throws Exception {
        try (TlsServer server = new TlsServer(good.server(client)).protocol("TLSv1.2").start()) {
            Connector connector = clients.secure("good.test");
            clients.open(connector, server.address()).close().sync();
            clients.open(connector, server.address());

            assertThat(server.visit().session()).isEqualTo(server.visit().session());
        }
    }

    @Test
    void showsItsCertificate() throws Exception {
        TlsConfig config =
                new TlsConfig(
                        true,
                        good.authority().toString(),
                        "",
                        client.certificate().toString(),
                        client.key().toString());
        TlsServer strict = new TlsServer(good.server(client)).needClientCertificate();
        try (TlsServer server = strict.start()) {
            Clients known = new Clients(loops).tls(config);
            known.open(known.secure("good.test"), server.address());
            assertThat(server.visit().client()).isEqualTo("CN=client");
        }
    }

    @Test
    void saysThatTheServerRefuses() throws Exception {
        TlsServer strict = new TlsServer(good.server(client)).needClientCertificate();
        try (TlsServer server = strict.protocol("TLSv1.2").start()) {
            assertThat(failure(clients, "good.test", server.address()))
                    .startsWith("the server refused: ");
        }
    }

    @Test
    void saysThatTheCertificateIsForAnotherName() throws Exception {
        try (TlsServer server = new TlsServer(good.server(client)).start()) {
            assertThat(failure(clients, "other.test", server.address()))
                    .isEqualTo("the server's certificate is not for \"other.test\"");
            assertThat(failure(clients, "127.0.0.2", server.address()))
                    .isEqualTo("the server's certificate is not for \"127.0.0.2\"");
        }
    }

    @Test
    void saysThatTheCertificateHasExpired() throws Exception {
        Clients trusting = new Clients(loops).tls(trusting("expired-ca.pem"));
        try (TlsServer server = new TlsServer(expired.server(client)).start()) {
            assertThat(failure(trusting, "good.test", server.address()))
                    .isEqualTo("the server's certificate has expired");
        }
    }

    @Test
    void saysThatNobodyTrustedHasSigned() throws Exception {
        Clients jdk = new Clients(loops);
        Clients others = new Clients(loops).tls(trusting("client-ca.pem"));
        try (TlsServer server = new TlsServer(good.server(client)).start()) {
            String sentence = "no trusted authority has signed the server's certificate";
            assertThat(failure(jdk, "good.test", server.address())).isEqualTo(sentence);
            assertThat(failure(others, "good.test", server.address())).isEqualTo(sentence);
        }
    }

    @Test
    void withoutVerificationItTrustsAnybodyAndSaysSoOnce() throws Exception {
        Clients careless = new Clients(loops).tls(new TlsConfig(false, "", "", "", ""));
        ListAppender<ILoggingEvent> log = listen(Tls.class.getName());
        try (TlsServer server = new TlsServer(expired.server(client)).start()) {
            Connector connector = careless.secure("other.test");
            assertThat(careless.open(connector, server.address()).isActive()).isTrue();
            assertThat(careless.open(connector, server.address()).isActive()).isTrue();
        }
        assertThat(log.list)
                .singleElement()
                .matches(event -> event.getLevel() == Level.WARN)
                .extracting(ILoggingEvent::getFormattedMessage)
                .asString()
                .startsWith("tls_not_verified server_name=other.test ");
    }

    @Test
    void saysThatTheServerSpeaksSomethingElse() throws Exception {
        ScriptedServer.Script script =
                socket -> {
                    socket.getOutputStream().write(bytes("HTTP/1.1 400 Bad Request\r\n\r\n"));
                    socket.getInputStream().readAllBytes();
                };
        try (ScriptedServer server = new ScriptedServer(script)) {
            assertThat(failure(clients, "good.test", server.address()))
                    .isEqualTo("the server does not speak TLS on this port");
        }
    }

    @Test
    void saysThatTheServerClosed() throws Exception {
        try (ScriptedServer server = new ScriptedServer(socket -> socket.getInputStream().read())) {
            assertThat(failure(clients, "good.test", server.address()))
                    .isEqualTo("the server closed the connection during the handshake");
        }
    }

    @Test
    void theTimeoutCoversTheHandshakeAndTheConnectionIsClosed() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, LOOPBACK)) {
            Clients hasty = new Clients(loops).timeoutMillis(300);
            ConnectFailure failure = hasty.fail(hasty.secure("good.test"), address(server));

            assertThat(failure.reason()).isEqualTo(ConnectFailure.Reason.TIMED_OUT);
            assertThat(failure)
                    .hasMessage(
                            "127.0.0.1:%d was not connected within 300 ms: waited for the TLS handshake"
                                    .formatted(server.getLocalPort()));
            try (Socket backend = server.accept()) {
                backend.getInputStream().readAllBytes();
            }
        }
    }

    @Test
    void whoCancelsClosesTheConnection() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, LOOPBACK)) {
            Future<Channel> connecting =
                    clients.secure("good.test").connect(loops.all().getFirst(), address(server));
            try (Socket backend = server.accept()) {
                backend.getInputStream().read();
                connecting.cancel(false);
                backend.getInputStream().readAllBytes();
            }
        }
    }

    @Test
    void aFileThatCannotBeUsedIsNamed() throws Exception {
        Path garbage = Files.writeString(folder.resolve("garbage.pem"), "no certificate");
        String certificate = client.certificate().toString();
        for (TlsConfig bad :
                List.of(
                        trusting("missing.pem"),
                        trusting("garbage.pem"),
                        new TlsConfig(true, "", "", certificate, garbage.toString()),
                        new TlsConfig(true, "", "", garbage.toString(), certificate))) {
            assertThatThrownBy(() -> new Clients(loops).tls(bad).secure("good.test"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("tls: ")
                    .message()
                    .matches(text -> text.contains("garbage.pem") || text.contains("missing.pem"));
        }
    }

    @Test
    void logsTheFirstBytesOfEachReadAndWriteUnencrypted() throws Exception {
        ListAppender<ILoggingEvent> log = listen("spillgate.network");
        try (TlsServer server = new TlsServer(good.server(client)).start()) {
            clients.loggedBytes(3);
            Inbox inbox = clients.read(clients.secure("good.test"), server.address());
            inbox.take(5);
            inbox.channel()
                    .writeAndFlush(Unpooled.copiedBuffer("wxyz", StandardCharsets.US_ASCII))
                    .sync();
            inbox.take(4);
        }
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .satisfiesExactly(
                        read ->
                                assertThat(read)
                                        .startsWith("network_read address=127.0.0.1:")
                                        .contains(" bytes=5\n", "68 65 6c  ", "|hel ")
                                        .doesNotContain("6c 6c"),
                        write ->
                                assertThat(write)
                                        .startsWith("network_write address=127.0.0.1:")
                                        .contains(" bytes=4\n", "77 78 79  ", "|wxy ")
                                        .doesNotContain("7a"),
                        echo -> assertThat(echo).contains("|wxy "));
    }

    @Test
    void logsNothingUnlessTold() throws Exception {
        ListAppender<ILoggingEvent> log = listen("spillgate.network");
        try (TlsServer server = new TlsServer(good.server(client)).start()) {
            Inbox inbox = clients.read(clients.secure("good.test"), server.address());
            inbox.take(5);
            assertThat(inbox.channel().pipeline().get(NetworkDump.class)).isNull();
        }
        assertThat(log.list).isEmpty();
    }

    /// What is said after the address.
    private static String failure(Clients clients, String name, InetSocketAddress address)
            throws Exception {
        ConnectFailure failure = clients.fail(clients.secure(name), address);
        assertThat(failure.reason()).isEqualTo(ConnectFailure.Reason.TLS);
        String prefix = "TLS with " + AddressText.of(address) + " failed: ";
        assertThat(failure).hasMessageStartingWith(prefix);
        return String.valueOf(failure.getMessage()).substring(prefix.length());
    }

    private static ListAppender<ILoggingEvent> listen(String logger) {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger source = (Logger) LoggerFactory.getLogger(logger);
        source.setLevel(Level.DEBUG);
        source.addAppender(log);
        return log;
    }

    private static TlsConfig trusting(String file) {
        return new TlsConfig(true, folder.resolve(file).toString(), "", "", "");
    }

    private static InetSocketAddress address(ServerSocket server) {
        return new InetSocketAddress(LOOPBACK, server.getLocalPort());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
