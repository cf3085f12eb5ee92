package io.spillgate.client.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
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
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/// Plain connections over real sockets, with each transport.
@Timeout(120)
class ConnectorTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    @ParameterizedTest
    @EnumSource
    void completesOnTheLoopThatWasAskedFor(Transport transport) throws Exception {
        try (Loops loops = Transports.loops(transport, 2);
                ServerSocket server = new ServerSocket(0, 50, LOOPBACK)) {
            EventLoop loop = loops.all().get(1);
            Connector connector = new Clients(loops).plain();
            Future<Channel> connecting = connector.connect(loop, address(server));
            CompletableFuture<Boolean> told = new CompletableFuture<>();
            connecting.addListener(_ -> told.complete(loop.inEventLoop()));

            assertThat(connecting.get().eventLoop()).isSameAs(loop);
            assertThat(told.get()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void readsNothingUnaskedAndLosesNothing(Transport transport) throws Exception {
        try (Loops loops = Transports.loops(transport, 1);
                ServerSocket server = new ServerSocket(0, 50, LOOPBACK)) {
            Clients clients = new Clients(loops);
            Inbox inbox = clients.read(clients.plain(), address(server), false);
            Channel channel = inbox.channel();
            try (Socket backend = server.accept()) {
                backend.getOutputStream().write(bytes("early"));
                settle(channel);
                assertThat(inbox.isEmpty()).isTrue();

                channel.read();
                assertThat(inbox.take(5)).isEqualTo("early");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneReadIsBoundedAndAloneInItsTurn(Transport transport) throws Exception {
        try (Loops loops = Transports.loops(transport, 1);
                ServerSocket server = new ServerSocket(0, 50, LOOPBACK)) {
            Clients clients = new Clients(loops);
            Inbox inbox = clients.read(clients.plain(), address(server));
            try (Socket backend = server.accept()) {
                backend.getOutputStream().write(new byte[4_000_000]);
            }

            assertThat(inbox.takeAll()).hasSize(4_000_000);
            assertThat(inbox.largestRead()).isBetween(16_385, 32_768);
            assertThat(inbox.mostReadsInTurn()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatAPausedReaderDoesNotTakeStaysInTheSocketAlsoAfterTheEnd(Transport transport)
            throws Exception {
        SocketOptionsConfig roomy = Options.receiveBuffer(1024 * 1024);
        try (Loops loops = Transports.loops(transport, 1);
                ServerSocket server = new ServerSocket(0, 50, LOOPBACK)) {
            Clients clients = new Clients(loops).options(roomy);
            Inbox inbox = clients.read(clients.plain(), address(server), false);
            Channel channel = inbox.channel();
            try (Socket backend = server.accept()) {
                backend.getOutputStream().write(new byte[150_000]);
            }
            channel.read();
            while (inbox.bytes() == 0) {
                settle(channel);
            }
            settle(channel);
            assertThat(inbox.bytes()).isLessThanOrEqualTo(64 * 1024);

            channel.config().setAutoRead(true);
            assertThat(inbox.takeAll()).hasSize(150_000);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theEndOfTheBackendsBytesEndsTheConnection(Transport transport) throws Exception {
        try (Loops loops = Transports.loops(transport, 1);
                ServerSocket server = new ServerSocket(0, 50, LOOPBACK)) {
            Clients clients = new Clients(loops);
            Inbox inbox = clients.read(clients.plain(), address(server));
            try (Socket backend = server.accept()) {
                backend.getOutputStream().write(bytes("bye"));
                backend.shutdownOutput();

                assertThat(inbox.takeAll()).isEqualTo("bye");
                assertThat(inbox.channel().closeFuture().await(30, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFailedWriteDoesNotHideAnAnswer(Transport transport) throws Exception {
        try (Loops loops = Transports.loops(transport, 1);
                ServerSocket server = new ServerSocket(0, 50, LOOPBACK)) {
            Clients clients = new Clients(loops);
            Inbox inbox = clients.read(clients.plain(), address(server), false);
            Channel channel = inbox.channel();
            channel.writeAndFlush(Unpooled.copiedBuffer(bytes("request"))).sync();
            try (Socket backend = server.accept()) {
                backend.getOutputStream().write(bytes("answer"));
                // Closed with the request unread: a reset follows the answer.
            }
            writeUntilItFails(channel);
            channel.read();

            assertThat(inbox.take(6)).isEqualTo("answer");
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysThatNobodyListens(Transport transport) throws Exception {
        try (Loops loops = Transports.loops(transport, 1);
                Socket deaf = new Socket()) {
            deaf.bind(new InetSocketAddress(LOOPBACK, 0));
            InetSocketAddress address = new InetSocketAddress(LOOPBACK, deaf.getLocalPort());
            Clients clients = new Clients(loops);
            ConnectFailure failure = clients.fail(clients.plain(), address);

            assertThat(failure.reason()).isEqualTo(ConnectFailure.Reason.REFUSED);
            assertThat(failure)
                    .hasMessage("127.0.0.1:" + deaf.getLocalPort() + " refused the connection");
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysThatThereIsNoWay(Transport transport) throws Exception {
        try (Loops loops = Transports.loops(transport, 1)) {
            Clients clients = new Clients(loops);
            // TCP can't connect to a group.
            InetSocketAddress group = new InetSocketAddress(InetAddress.ofLiteral("224.0.0.1"), 80);
            ConnectFailure failure = clients.fail(clients.plain(), group);

            assertThat(failure.reason()).isEqualTo(ConnectFailure.Reason.REFUSED);
            assertThat(failure)
                    .hasMessageStartingWith("224.0.0.1:80 cannot be reached: ")
                    .message()
                    .matches(text -> text.contains("no route") || text.contains("no network"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void givesUpAfterTheTimeout(Transport transport) throws Exception {
        List<Socket> waiting = new ArrayList<>();
        try (Loops loops = Transports.loops(transport, 1);
                ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            fill(server, waiting);
            Clients clients = new Clients(loops).timeoutMillis(300);
            long start = System.nanoTime();
            ConnectFailure failure = clients.fail(clients.plain(), address(server));
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);

            assertThat(failure.reason()).isEqualTo(ConnectFailure.Reason.TIMED_OUT);
            assertThat(failure)
                    .hasMessage(
                            "127.0.0.1:%d was not connected within 300 ms: waited for a TCP connection"
                                    .formatted(server.getLocalPort()));
            assertThat(millis).isBetween(300L, 10_000L);
        } finally {
            for (Socket one : waiting) {
                one.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCancelledAttemptLeavesNothingBehind(Transport transport) throws Exception {
        List<Socket> waiting = new ArrayList<>();
        try (Loops loops = Transports.loops(transport, 1);
                ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            fill(server, waiting);
            Connector connector = new Clients(loops).plain();
            long before = descriptors();
            List<Future<Channel>> attempts = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                attempts.add(connector.connect(loops.all().getFirst(), address(server)));
            }
            awaitDescriptors(open -> open >= before + 50);
            attempts.forEach(attempt -> attempt.cancel(false));
            awaitDescriptors(open -> open < before + 10);
        } finally {
            for (Socket one : waiting) {
                one.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void failedAttemptsLeaveNothingBehind(Transport transport) throws Exception {
        try (Loops loops = Transports.loops(transport, 1);
                Socket deaf = new Socket()) {
            deaf.bind(new InetSocketAddress(LOOPBACK, 0));
            InetSocketAddress address = new InetSocketAddress(LOOPBACK, deaf.getLocalPort());
            Clients clients = new Clients(loops);
            Connector connector = clients.plain();
            clients.fail(connector, address);
            long before = descriptors();
            for (int i = 0; i < 50; i++) {
                clients.fail(connector, address);
            }
            awaitDescriptors(open -> open < before + 10);
        }
    }

    /// Lets the loop look at its sockets so often that it has seen all there is.
    private static void settle(Channel channel) throws Exception {
        for (int turn = 0; turn < 100; turn++) {
            channel.eventLoop().submit(() -> {}).get();
        }
    }

    /// Lets the kernel drop whatever else wants to connect.
    private static void fill(ServerSocket server, List<Socket> waiting) throws IOException {
        for (int i = 0; i < 20; i++) {
            Socket one = new Socket();
            waiting.add(one);
            try {
                one.connect(address(server), 500);
            } catch (SocketTimeoutException _) {
                return;
            }
        }
        throw new AssertionError("the backlog is never full");
    }

    private static void writeUntilItFails(Channel channel) throws InterruptedException {
        for (int i = 0; i < 10_000; i++) {
            ByteBuf more = Unpooled.copiedBuffer(bytes("more"));
            ChannelFuture written = channel.writeAndFlush(more).await();
            if (!written.isSuccess()) {
                return;
            }
        }
        throw new AssertionError("writing goes on");
    }

    private static void awaitDescriptors(LongPredicate condition) throws IOException {
        long start = System.nanoTime();
        while (!condition.test(descriptors())) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(30)) {
                throw new AssertionError(descriptors() + " descriptors are open");
            }
            Thread.onSpinWait();
        }
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    private static InetSocketAddress address(ServerSocket server) {
        return new InetSocketAddress(LOOPBACK, server.getLocalPort());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
