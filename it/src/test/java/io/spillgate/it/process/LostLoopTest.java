package io.spillgate.it.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A gateway whose event loop ends, because more sockets are ready at once than epoll has room for,
/// and there is no memory to make more room.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@EnabledOnOs(OS.LINUX)
final class LostLoopTest {
    /// Netty begins with room for 4,096.
    private static final int READY_AT_ONCE = 4_300;

    private static final long DIRECT_BYTES = 32L << 20;

    private final List<SocketChannel> clients = new ArrayList<>();
    @TempDir private Path folder = Path.of("");

    @AfterEach
    void leave() throws IOException {
        for (SocketChannel client : clients) {
            client.close();
        }
    }

    @Test
    void endsTheProcessWithStatusThreeAndSaysWhich() throws Exception {
        assumeTrue(Epoll.isAvailable(), "no epoll here");
        Path log = Files.writeString(folder.resolve("logback.xml"), Sabotage.logback());
        try (Program serve =
                        Program.serveOn(
                                Sabotage.options(log.toString(), DIRECT_BYTES),
                                "http.thread_pool_size=1",
                                "http.io=epoll",
                                "http.max_connections=10000",
                                "log.access=true");
                Wire saboteur = serve.connectAdmin()) {
            connect(serve);
            saboteur.sendLines("GET /health?exhaust HTTP/1.1\nHost: test\n\n");
            serve.err().lineWith(Sabotage.DONE);
            serve.signal("STOP");
            for (SocketChannel client : clients) {
                client.write(ByteBuffer.wrap(new byte[] {'G'}));
            }
            serve.signal("CONT");
            assertThat(serve.exitStatus()).isEqualTo(3);
            serve.err().untilItsEnd();
            assertThat(serve.err().lineWith("loop_ended"))
                    .contains(" ERROR ", "loop=spillgate-io-1", "OutOfDirectMemoryError");
        }
    }

    private void connect(Program serve) throws IOException {
        for (int i = 0; i < READY_AT_ONCE; i++) {
            clients.add(SocketChannel.open(serve.address()));
        }
        serve.awaitMetric("spillgate_connections_active", READY_AT_ONCE);
    }
}
