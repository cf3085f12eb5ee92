package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;

import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.pool.LogLines;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The end of a gateway, quiet whatever is under way.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class CloseTest {
    private static final int HELD = 1000;
    private static final int IDLE_ENDS = 30;
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";

    private final List<SocketChannel> clients = new ArrayList<>();

    @AfterEach
    void leave() throws IOException {
        for (SocketChannel client : clients) {
            client.close();
        }
    }

    @Test
    void logsNothingUnderAThousandHeldAnswers() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 4096, InetAddress.getLoopbackAddress());
                LogLines lines = new LogLines("io", Level.WARN);
                TestGateway gateway = TestGateway.start(toml(silent.getLocalPort()))) {
            for (int i = 0; i < HELD; i++) {
                SocketChannel client = SocketChannel.open(gateway.address());
                client.write(ByteBuffer.wrap(REQUEST.getBytes(StandardCharsets.US_ASCII)));
                clients.add(client);
            }
            gateway.awaitMetric("spillgate_pool_in_flight", HELD);
            gateway.gateway().close();
            assertThat(lines.all()).isEmpty();
        }
    }

    /// Who waits for the end of a drain closes the gateway at once, while the drain is still being
    /// told.
    @Test
    void aDrainOfAnIdleGatewayIsOverWhenEverybodyWasTold() throws Exception {
        try (LogLines lines = new LogLines("io", Level.WARN)) {
            for (int i = 0; i < IDLE_ENDS; i++) {
                TestGateway gateway =
                        TestGateway.start("http.thread_pool_size = 2\nhttp.max_connections = 5000");
                Thread closer =
                        Thread.startVirtualThread(() -> {
                            assertThat(gateway.gateway().drained().join()).isTrue();
                            gateway.close();
                        });
                gateway.gateway().drain();
                closer.join();
            }
            assertThat(lines.all()).isEmpty();
        }
    }

    private static String toml(int port) {
        return """
        http.thread_pool_size = 3
        http.max_connections = 5000
        server.backpressure.enabled = false
        http-destinations.backend.addresses = ["127.0.0.1:%d"]
        http-destinations.backend.backend-connections-per-ip-port = %d
        [[routes]]
        path = "/*"
        proxy = "backend"
        """
                .formatted(port, HELD);
    }
}
