package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/// The keys of `[client]`: what a connection to a backend is like.
final class ClientKeysTest {
    @Test
    void namesItselfAsToldWhereTheClientDoesNot() {
        try (Backend backend = Backend.saying("fine");
                PoolGateway gateway =
                        PoolGateway.to(backend, "client.user-agent-header = \"robot/7\"")) {
            gateway.get("1");
            gateway.get("2", "User-Agent: curl/8");
            assertThat(backend.await(1).values("User-Agent")).containsExactly("robot/7");
            assertThat(backend.await(2).values("User-Agent")).containsExactly("curl/8");
        }
    }

    @Test
    void doesNotNameItselfIfToldSo() {
        try (Backend backend = Backend.saying("fine");
                PoolGateway gateway = PoolGateway.to(backend, "client.user-agent-header = \"\"")) {
            gateway.get("1");
            assertThat(backend.await(1).values("User-Agent")).isEmpty();
        }
    }

    @Test
    void takesFromTheClientOfAllWhatADestinationDoesNotSay() {
        String keys = "client.idle-timeout = \"60s\"\n[client]\nuser-agent-header = \"all\"";
        try (Backend backend = Backend.saying("fine");
                PoolGateway gateway = PoolGateway.to(backend, keys)) {
            gateway.get("1");
            assertThat(backend.await(1).header("User-Agent")).isEqualTo("all");
        }
    }

    /// The hint is only where the buffer begins.
    @Test
    void sendsAHeadThatIsLongerThanItsHint() {
        String value = "v".repeat(7000);
        try (Backend backend = Backend.saying("fine");
                PoolGateway gateway =
                        PoolGateway.to(backend, "client.request-header-size-hint = 1")) {
            assertThat(gateway.get("1", "X-Long: " + value).status()).isEqualTo(200);
            assertThat(backend.await(1).header("X-Long")).isEqualTo(value);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "so-traffic-class = 16, tos:0x10",
        "tcp-keep-alive = true, 'timer:(keepalive,'",
        "so-receive-buffer-size = \"96KiB\", 'rb196608,'",
        "so-send-buffer-size = \"96KiB\", 'tb196608,'"
    })
    void setsTheOptionsOfItsSockets(String key, String sign) throws Exception {
        String option = "client.socket-options." + key;
        try (Backend plain = Backend.saying("fine");
                Backend set = Backend.saying("fine");
                PoolGateway without = PoolGateway.to(plain, "");
                PoolGateway with = PoolGateway.to(set, option)) {
            without.get("1");
            with.get("1");
            assertThat(socketsTo(plain.port())).doesNotContain(sign);
            assertThat(socketsTo(set.port())).contains(sign);
        }
    }

    @Test
    void takesAnAnswerOfTheGreatestLengthAllowed() {
        try (Backend backend = Backend.saying("0123456789");
                PoolGateway gateway =
                        PoolGateway.to(backend, "client.parsing.max-content-length = 10")) {
            assertThat(gateway.get("1").body()).isEqualTo("0123456789");
        }
    }

    @Test
    void refusesALongerAnswer() {
        try (Backend backend = Backend.saying("0123456789x");
                PoolGateway gateway =
                        PoolGateway.to(backend, "client.parsing.max-content-length = 10")) {
            assertThat(gateway.get("1").statusLine()).isEqualTo("HTTP/1.1 502 Bad Gateway");
            assertThat(gateway.failures("too_large")).isEqualTo(1);
            backend.awaitOpen(0);
        }
    }

    @Test
    void cutsAnAnswerThatTurnsOutToBeLonger() {
        Backend.Script more =
                (request, reply) -> {
                    reply.sendLines("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\n12345\n");
                    reply.sendLines("6\n678901\n");
                    reply.awaitEnd();
                };
        try (Backend backend = Backend.start(more);
                PoolGateway gateway =
                        PoolGateway.to(backend, "client.parsing.max-content-length = 10")) {
            Wire wire = gateway.ask("1");
            String all = everything(wire);
            assertThat(all).doesNotEndWith("0\r\n\r\n");
            gateway.awaitFailures("too_large", 1);
            backend.awaitOpen(0);
        }
    }

    @Test
    void logsTheFirstBytesOfEachReadAndWrite() {
        try (LogLines log = new LogLines("spillgate.network", Level.DEBUG);
                Backend backend = Backend.saying("secret body");
                PoolGateway gateway =
                        PoolGateway.to(backend, "client.log-unencrypted-network-bytes = 14")) {
            gateway.get("secret");
            log.await(hex("GET /api/secre"));
            log.await(hex("HTTP/1.1 200 O"));
            assertThat(log.all()).noneMatch(line -> line.contains(hex("GET /api/secret").strip()));
        }
    }

    @Test
    void logsNoBytesIfNotTold() {
        try (LogLines log = new LogLines("spillgate.network", Level.TRACE);
                Backend backend = Backend.saying("body");
                PoolGateway gateway = PoolGateway.to(backend, "")) {
            gateway.get("1");
            assertThat(log.all()).noneMatch(line -> line.contains(hex("GET /api")));
        }
    }

    @Test
    void cutsAnAnswerThatNobodyWantsAtOnceIfToldSo() {
        CountDownLatch left = new CountDownLatch(1);
        try (Backend backend = Backend.start(halfUntil(left));
                PoolGateway gateway =
                        PoolGateway.to(backend, "client.stream-cancellation-delay = \"0 s\"")) {
            leave(gateway);
            backend.awaitOpen(0);
            left.countDown();
            assertThat(gateway.get("2").status()).isEqualTo(200);
            assertThat(backend.await(2).connection()).isEqualTo(2);
        }
    }

    @Test
    void keepsAConnectionWhoseUnwantedAnswerEndsInTime() {
        CountDownLatch left = new CountDownLatch(1);
        try (Backend backend = Backend.start(halfUntil(left));
                PoolGateway gateway =
                        PoolGateway.to(backend, "client.stream-cancellation-delay = \"9s\"")) {
            leave(gateway);
            left.countDown();
            Await.until("it is idle", () -> gateway.connections("idle") == 1);
            assertThat(gateway.get("2").body()).isEqualTo("0123456789");
            assertThat(backend.await(2).connection()).isEqualTo(1);
        }
    }

    @Test
    void cutsAnUnwantedAnswerThatDoesNotEndInTime() {
        CountDownLatch left = new CountDownLatch(1);
        try (Backend backend = Backend.start(halfUntil(left));
                PoolGateway gateway =
                        PoolGateway.to(backend, "client.stream-cancellation-delay = \"300ms\"")) {
            leave(gateway);
            long start = System.nanoTime();
            backend.awaitOpen(0);
            assertThat((System.nanoTime() - start) / 1_000_000).isGreaterThan(150);
            left.countDown();
        }
    }

    /// Begins to read an answer and closes.
    private static void leave(PoolGateway gateway) {
        Wire wire = gateway.ask("1");
        Answer head = wire.head();
        assertThat(head.status()).isEqualTo(200);
        wire.expect("01234").close();
    }

    /// The first answer is complete only when the latch is open.
    private static Backend.Script halfUntil(CountDownLatch latch) {
        return (request, reply) -> {
            reply.sendLines("HTTP/1.1 200 OK\nContent-Length: 10\n\n01234");
            if (request.target().equals("/api/1")) {
                latch.await();
            }
            reply.send("56789");
        };
    }

    /// As the lines of a hexdump have it.
    private static String hex(String bytes) {
        StringBuilder hex = new StringBuilder();
        for (byte b : bytes.getBytes(StandardCharsets.US_ASCII)) {
            hex.append(String.format("%02x ", b));
        }
        return hex.toString().strip();
    }

    private static String everything(Wire wire) {
        StringBuilder all = new StringBuilder();
        try {
            for (int b = wire.read(); b >= 0; b = wire.read()) {
                all.append((char) b);
            }
        } catch (AssertionError e) {
            assertThat(e).hasMessageNotContaining("nothing came");
        }
        return all.toString();
    }

    /// What the system says about the sockets that are connected to a port.
    private static String socketsTo(int port) throws Exception {
        Process process =
                new ProcessBuilder("ss", "-tneimo", "--tos", "dport", "=", ":" + port)
                        .redirectErrorStream(true)
                        .start();
        byte[] output = process.getInputStream().readAllBytes();
        assertThat(process.waitFor()).isZero();
        return new String(output, StandardCharsets.UTF_8);
    }
}
