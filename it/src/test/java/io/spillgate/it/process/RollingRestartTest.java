package io.spillgate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Two gateways behind nginx, as the documentation sets it up, that are restarted one after the
/// other under POSTs, which nobody may send twice: none of them fails.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@DisabledOnOs(OS.WINDOWS)
final class RollingRestartTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "operations.md");
    private static final Pattern UPSTREAM =
            Pattern.compile("```nginx\n(upstream .*?\n}\n)```", Pattern.DOTALL);
    private static final String LOCATION =
            """
            location / {
                proxy_pass http://spillgate;
                proxy_http_version 1.1;
                proxy_set_header Connection "";
                keepalive_requests 1000000;
            }
            """;
    private static final int CLIENTS = 16;
    private static final int LEAST_POSTS = 5000;
    private static final Duration PAUSE = Duration.ofMillis(5);

    @TempDir private Path folder = Path.of("");

    @AutoClose
    private final Backend backend = Backend.start((request, reply) -> reply.ok(request.body()));

    private final AtomicInteger numbers = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean restarting = true;

    @Test
    void noPostFailsWhileTheGatewaysAreRestarted() throws Exception {
        List<String> ports = List.of(port(), port());
        List<Program> gateways = new ArrayList<>();
        for (String port : ports) {
            gateways.add(start(port));
        }
        try (Nginx nginx = Nginx.start(folder, upstream(gateways), LOCATION)) {
            List<Thread> clients =
                    IntStream.range(0, CLIENTS)
                            .mapToObj(_ -> Thread.ofVirtual().start(() -> post(nginx)))
                            .toList();
            gateways.forEach(RollingRestartTest::awaitRequests);
            for (int i = 0; i < gateways.size(); i++) {
                gateways.get(i).signal("TERM");
                assertThat(gateways.get(i).exitStatus()).isZero();
                gateways.set(i, start(ports.get(i)));
                awaitRequests(gateways.get(i));
            }
            restarting = false;
            for (Thread client : clients) {
                client.join();
            }
        } finally {
            gateways.forEach(Program::close);
        }
        List<String> log = Files.readAllLines(folder.resolve("error.log"));
        assertThat(failures).as("of %d; nginx says %s", numbers.get(), log).isEmpty();
        assertThat(numbers.get()).isGreaterThanOrEqualTo(LEAST_POSTS);
        assertThat(backend.requests())
                .extracting(BackendRequest::target)
                .doesNotHaveDuplicates()
                .hasSize(numbers.get());
    }

    private static String port() throws IOException {
        return "http.bind_address=127.0.0.1:" + Nginx.freePort();
    }

    private Program start(String port) {
        return Program.serve(
                port,
                "server.drainGrace=1500",
                "http-destinations.backend.addresses=" + backend.address(),
                "routes=[{path=\"/*\", proxy=\"backend\"}]");
    }

    /// The documented block, with the addresses of these gateways.
    private static String upstream(List<Program> gateways) throws IOException {
        Matcher block = UPSTREAM.matcher(Files.readString(DOCUMENT));
        assertThat(block.find()).as("the block is there").isTrue();
        return block.group(1)
                .replace("10.0.0.1:8080", gateways.get(0).url().substring(7))
                .replace("10.0.0.2:8080", gateways.get(1).url().substring(7));
    }

    /// nginx has found the gateway, again.
    private static void awaitRequests(Program gateway) {
        Await.until(
                "requests come to " + gateway.url(),
                () -> gateway.metric("spillgate_connections_total") > 0);
    }

    /// Posts one after the other over one connection, and opens another one only after a failure.
    private void post(Nginx nginx) {
        String[] address = nginx.authority().split(":", 2);
        InetSocketAddress to = new InetSocketAddress(address[0], Integer.parseInt(address[1]));
        while (isWanted()) {
            String said = "";
            try (Wire wire = Wire.to(to)) {
                while (isWanted()) {
                    said = "POST /" + numbers.incrementAndGet();
                    Answer answer =
                            wire.sendLines(
                                            said
                                                    + " HTTP/1.1\nHost: test\nContent-Length: 5\n\n"
                                                    + "hello")
                                    .answer();
                    check(said, answer);
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            } catch (AssertionError | RuntimeException e) {
                failures.add(said + ": " + e);
            }
        }
    }

    private void check(String said, Answer answer) {
        if (answer.status() != 200 || !answer.body().equals("hello")) {
            failures.add(said + ": " + answer);
        }
    }

    private boolean isWanted() {
        return restarting || numbers.get() < LEAST_POSTS;
    }
}
