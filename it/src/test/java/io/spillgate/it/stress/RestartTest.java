package io.spillgate.it.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.Upload;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A gateway that goes, by force or in peace, while clients hold streams.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RestartTest {
    private static final int CLIENTS = 200;
    private static final int MANY_CLIENTS = 1200;
    private static final String[] FREE_PORTS = {
        "http.bind_address=127.0.0.1:0", "admin.bind_address=127.0.0.1:0", "server.drainGrace=0"
    };

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void everyClientOfAKilledGatewayIsToldThatItWasRestarted(String io) throws Exception {
        List<Reader> readers = new ArrayList<>();
        String address = "http.bind_address=127.0.0.1:" + lowPort();
        String admin = FREE_PORTS[1];
        GatewayProcess first = GatewayProcess.start("http.io=" + io, address, admin);
        try (first;
                Fleet publishing = new Fleet(Duration.ofSeconds(60));
                Fleet clients = new Fleet(Duration.ofSeconds(60))) {
            readers.addAll(connect(first, CLIENTS));
            for (Reader reader : readers) {
                clients.start(() -> comeBack(reader));
            }
            publishing.start(() -> publishUntilItBreaks(first));
            while (readers.stream().anyMatch(reader -> reader.events() < 20)) {
                LockSupport.parkNanos(1_000_000);
            }
            first.kill();
            publishing.join();
            try (GatewayProcess second = GatewayProcess.start("http.io=" + io, address, admin);
                    Publisher publisher = new Publisher(Wire.to(second.admin()))) {
                while (!clients.isDone()) {
                    publisher.publish("t", "end");
                }
                clients.join();
            }
        }
        for (Reader reader : readers) {
            assertThat(reader.lastReason()).isEqualTo("restarted");
        }
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void everyStreamIsToldToComeBackAndEndsCleanlyAndTheExitIsGood(String io) throws Exception {
        try (GatewayProcess gateway = start("http.io=" + io);
                Fleet clients = new Fleet(Duration.ofSeconds(60))) {
            List<Reader> readers = connect(gateway, CLIENTS);
            for (Reader reader : readers) {
                clients.start(() -> endCleanly(reader));
            }
            gateway.signal("TERM");
            clients.join();
            assertThat(gateway.exitStatus()).isZero();
            for (Reader reader : readers) {
                assertThat(reader.shutdowns()).isEqualTo(1);
            }
        }
    }

    @Test
    void moreThanAThousandStreamsEndOneAfterTheOther() throws Exception {
        long[] endedNanos = new long[MANY_CLIENTS];
        try (GatewayProcess gateway = start("server.shutdownTimeout=6s");
                Fleet clients = new Fleet(Duration.ofSeconds(60))) {
            List<Reader> readers = connect(gateway, MANY_CLIENTS);
            long start = System.nanoTime();
            for (int i = 0; i < MANY_CLIENTS; i++) {
                int mine = i;
                clients.start(() -> {
                    endCleanly(readers.get(mine));
                    endedNanos[mine] = System.nanoTime() - start;
                    return true;
                });
            }
            gateway.signal("TERM");
            clients.join();
            assertThat(gateway.exitStatus()).isZero();
        }
        java.util.Arrays.sort(endedNanos);
        assertThat(endedNanos[MANY_CLIENTS / 10])
                .isLessThan(endedNanos[MANY_CLIENTS - 1] - Duration.ofSeconds(2).toNanos());
        assertThat(endedNanos[MANY_CLIENTS / 2])
                .isLessThan(endedNanos[MANY_CLIENTS - 1] - Duration.ofSeconds(1).toNanos());
    }

    @Test
    void aSecondSignalEndsItAtOnce() throws Exception {
        try (GatewayProcess gateway = start();
                Upload upload = Upload.open(Wire.to(gateway.admin()), "t")) {
            upload.send("data: one\n\n");
            List<Reader> readers = connect(gateway, 1);
            gateway.signal("TERM");
            endCleanly(readers.getFirst());
            gateway.signal("INT");
            assertThat(gateway.exitStatus()).isEqualTo(1);
        }
    }

    /// A free port that no outgoing connection gets: a client that knocks at a closed port of the
    /// range for those may be connected to itself, and then holds the port.
    private static int lowPort() throws IOException {
        for (int port = 20_000; ; port++) {
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (java.net.BindException taken) {
                assertThat(port).isLessThan(30_000);
            }
        }
    }

    private static GatewayProcess start(String... settings) throws IOException {
        List<String> all = new ArrayList<>(List.of(FREE_PORTS));
        all.addAll(List.of(settings));
        return GatewayProcess.start(all.toArray(String[]::new));
    }

    private static List<Reader> connect(GatewayProcess gateway, int count) throws IOException {
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Reader reader = new Reader(gateway.http(), "/events/t", 0, (sequence, data) -> {});
            reader.connect();
            readers.add(reader);
        }
        for (Reader reader : readers) {
            reader.awaitId();
        }
        return readers;
    }

    private static boolean publishUntilItBreaks(GatewayProcess gateway) {
        try (Publisher publisher = new Publisher(Wire.to(gateway.admin()))) {
            for (int i = 0; ; i++) {
                publisher.publish("t", String.valueOf(i));
            }
        } catch (AssertionError | java.io.UncheckedIOException killed) {
            return true;
        }
    }

    /// Reads to the end of the world, then comes back until there is a gateway again.
    private static boolean comeBack(Reader reader) throws IOException {
        try (reader) {
            reader.read(Long.MAX_VALUE);
            throw new AssertionError("the gateway was not killed");
        } catch (SocketException killed) {
            assertThat(killed).isNotNull();
        } catch (IOException ended) {
            assertThat(ended).hasMessage("the stream has ended");
        }
        while (true) {
            try (reader) {
                reader.connect();
                return reader.read(Long.MAX_VALUE);
            } catch (SocketException notYet) {
                assertThat(reader.lastReason()).as("no second end").isNull();
                LockSupport.parkNanos(10_000_000);
            }
        }
    }

    private static boolean endCleanly(Reader reader) throws IOException {
        try (reader) {
            assertThat(reader.readToItsEnd()).as("the final chunk was seen").isTrue();
        }
        return true;
    }
}
