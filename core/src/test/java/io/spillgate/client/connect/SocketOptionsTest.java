package io.spillgate.client.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.spillgate.config.SocketOptionsConfig;
import io.spillgate.net.Loops;
import io.spillgate.net.Transport;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// Each option of `socket-options`, asked back from the socket of each transport.
@Timeout(60)
class SocketOptionsTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    @ParameterizedTest
    @EnumSource
    void setsTheReceiveBuffer(Transport transport) throws Exception {
        int set = get(transport, Options.receiveBuffer(20_000), ChannelOption.SO_RCVBUF);
        // Linux tells twice what was set, and so do some transports.
        assertThat(set).isIn(20_000, 40_000);
    }

    @ParameterizedTest
    @EnumSource
    void setsTheSendBuffer(Transport transport) throws Exception {
        int set = get(transport, Options.sendBuffer(20_000), ChannelOption.SO_SNDBUF);
        assertThat(set).isIn(20_000, 40_000);
    }

    @ParameterizedTest
    @EnumSource
    void setsReuseAddress(Transport transport) throws Exception {
        assertThat(get(transport, Options.reuseAddress(true), ChannelOption.SO_REUSEADDR)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void setsTheTrafficClass(Transport transport) throws Exception {
        assertThat(get(transport, Options.trafficClass(0x10), ChannelOption.IP_TOS))
                .isEqualTo(0x10);
    }

    @ParameterizedTest
    @EnumSource
    void setsKeepAlive(Transport transport) throws Exception {
        assertThat(get(transport, Options.keepAlive(true), ChannelOption.SO_KEEPALIVE)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void setsNoDelayAlsoToOff(Transport transport) throws Exception {
        assertThat(get(transport, Options.noDelay(false), ChannelOption.TCP_NODELAY)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void withoutOptionsOnlyNoDelayDiffersFromTheSystem(Transport transport) throws Exception {
        try (Loops loops = Transports.loops(transport, 1);
                ServerSocket server = new ServerSocket(0, 50, LOOPBACK);
                Socket ordinary = new Socket(LOOPBACK, server.getLocalPort());
                Socket _ = server.accept()) {
            Channel channel = open(loops, server, SocketOptionsConfig.DEFAULT);

            assertThat(channel.config().getOption(ChannelOption.TCP_NODELAY)).isTrue();
            assertThat(channel.config().getOption(ChannelOption.SO_KEEPALIVE))
                    .isEqualTo(ordinary.getKeepAlive());
            assertThat(channel.config().getOption(ChannelOption.SO_REUSEADDR))
                    .isEqualTo(ordinary.getReuseAddress());
            assertThat(channel.config().getOption(ChannelOption.IP_TOS))
                    .isEqualTo(ordinary.getTrafficClass());
            assertThat(channel.config().getOption(ChannelOption.SO_RCVBUF))
                    .isIn(ordinary.getReceiveBufferSize(), 2 * ordinary.getReceiveBufferSize());
            assertThat(channel.config().getOption(ChannelOption.SO_SNDBUF))
                    .isIn(ordinary.getSendBufferSize(), 2 * ordinary.getSendBufferSize());
        }
    }

    @ParameterizedTest
    @EnumSource
    void takesUrgentBytesInlineWhenToldTo(Transport transport) throws Exception {
        assertThat(receivedWithUrgentByte(transport, Options.oobInline(true))).isEqualTo("a!b");
    }

    @ParameterizedTest
    @EnumSource
    void leavesUrgentBytesOutWhenToldTo(Transport transport) throws Exception {
        assertThat(receivedWithUrgentByte(transport, Options.oobInline(false))).isEqualTo("ab");
    }

    @ParameterizedTest
    @EnumSource
    void leavesUrgentBytesOutAsTheSystemDoes(Transport transport) throws Exception {
        assertThat(receivedWithUrgentByte(transport, SocketOptionsConfig.DEFAULT)).isEqualTo("ab");
    }

    private static <T> T get(
            Transport transport, SocketOptionsConfig options, ChannelOption<T> option)
            throws Exception {
        try (Loops loops = Transports.loops(transport, 1);
                ServerSocket server = new ServerSocket(0, 50, LOOPBACK)) {
            return open(loops, server, options).config().getOption(option);
        }
    }

    private static String receivedWithUrgentByte(Transport transport, SocketOptionsConfig options)
            throws Exception {
        try (Loops loops = Transports.loops(transport, 1);
                ServerSocket server = new ServerSocket(0, 50, LOOPBACK)) {
            Clients clients = new Clients(loops).options(options);
            Inbox inbox = clients.read(clients.plain(), address(server));
            try (Socket backend = server.accept()) {
                write(backend, "a");
                backend.sendUrgentData('!');
                write(backend, "b");
            }
            return inbox.takeAll();
        }
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static Channel open(Loops loops, ServerSocket server, SocketOptionsConfig options)
            throws Exception {
        Clients clients = new Clients(loops).options(options);
        return clients.open(clients.plain(), address(server));
    }

    private static InetSocketAddress address(ServerSocket server) {
        return new InetSocketAddress(LOOPBACK, server.getLocalPort());
    }
}
