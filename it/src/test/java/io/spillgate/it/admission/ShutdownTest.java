package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.Wire;
import io.spillgate.it.process.Program;
import io.spillgate.it.proxy.BackendExchange;
import io.spillgate.it.proxy.Content;
import io.spillgate.it.proxy.SteppedReplies;
import io.spillgate.it.stress.Fleet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The end of the process with much open, and with requests that run and wait.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ShutdownTest {
    private static final int STREAMS = 10_000;
    private static final Duration SHUTDOWN = Duration.ofSeconds(12);
    private static final Duration SPREAD = SHUTDOWN.dividedBy(2);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void tenThousandStreamsEndOneAfterTheOtherEachWithItsOwnTimeToComeBack() throws Exception {
        long[] endedNanos = new long[STREAMS];
        int[] retries = new int[STREAMS];
        try (Program serve = Program.serve("server.shutdownTimeout=" + SHUTDOWN.toSeconds() + "s");
                Fleet clients = new Fleet(Duration.ofSeconds(150))) {
            List<EventStream> streams = new ArrayList<>(STREAMS);
            for (int i = 0; i < STREAMS; i++) {
                streams.add(serve.subscribe("t"));
            }
            assertThat(streams(serve)).isEqualTo(STREAMS);
            assertThat(ask(serve, "POST /drain").status()).isEqualTo(202);
            long start = System.nanoTime();
            for (int i = 0; i < STREAMS; i++) {
                int mine = i;
                EventStream stream = streams.get(i);
                clients.start(() -> {
                    retries[mine] = endOf(stream);
                    endedNanos[mine] = System.nanoTime() - start;
                    return true;
                });
            }
            expectProgress(serve);
            clients.join();
            assertThat(serve.exitStatus(PATIENCE)).isZero();
        }
        expectSpread(endedNanos);
        assertThat(Arrays.stream(retries).allMatch(retry -> retry >= 1000 && retry <= 15_000))
                .isTrue();
        assertThat(Arrays.stream(retries).average().orElse(0)).isBetween(7000.0, 9000.0);
        assertThat(Arrays.stream(retries).distinct().count()).isGreaterThan(5000);
    }

    /// Reads a stream to its clean end.
    ///
    /// @return the time to come back, in milliseconds
    private static int endOf(EventStream stream) {
        try (stream) {
            EventStream.Block block = stream.block();
            String retry = block.field("retry");
            while (block.data() == null) {
                block = stream.block();
                retry = block.field("retry") == null ? retry : block.field("retry");
            }
            assertThat(block.field("event")).isEqualTo("server-shutdown");
            assertThat(block.data()).isEqualTo("{\"reconnect\":true}");
            stream.expectEnd();
            return Integer.parseInt(String.valueOf(retry));
        }
    }

    /// The operators can watch the streams become fewer.
    private static void expectProgress(Program serve) {
        assertThat(ask(serve, "GET /ready").status()).isEqualTo(503);
        List<Integer> seen = new ArrayList<>();
        Await.until(
                "there are fewer streams",
                () -> {
                    seen.add(streams(serve));
                    return seen.getLast() < STREAMS / 2;
                });
        assertThat(seen).isSortedAccordingTo((a, b) -> b - a);
        assertThat(seen.stream().distinct().count()).isGreaterThan(5);
    }

    /// None later than the time for it, give or take what this machine needs; and in each tenth of
    /// the time some.
    private static void expectSpread(long[] endedNanos) {
        long[] sorted = endedNanos.clone();
        Arrays.sort(sorted);
        assertThat(Duration.ofNanos(sorted[STREAMS - 1])).isLessThan(SHUTDOWN);
        long tenth = SPREAD.toNanos() / 10;
        long[] inTenth = new long[10];
        for (long ended : sorted) {
            inTenth[(int) Math.min(9, ended / tenth)]++;
        }
        assertThat(IntStream.range(1, 9).mapToLong(i -> inTenth[i]).min().orElse(0))
                .as("ended in each tenth: %s", Arrays.toString(inTenth))
                .isGreaterThan(STREAMS / 100);
    }

    @Test
    void requestsThatRunAndWaitAreServedAndTheExitIsGood() throws Exception {
        SteppedReplies replies = new SteppedReplies();
        try (Backend backend = Backend.start(replies);
                Program serve = serve(backend, "20s", "server.backpressure.maxLimit=1");
                Wire first = get(serve, "first")) {
            BackendExchange exchange = replies.next();
            try (Wire second = get(serve, "second")) {
                Await.until("it waits", () -> stat(serve, "queued") == 1);
                serve.signal("TERM");
                Await.until("it drains", () -> ask(serve, "GET /ready").status() == 503);
                exchange.ok("first");
                assertThat(first.answer().header("Connection")).isEqualTo("close");
                replies.next().ok("second");
                assertThat(second.answer().body()).isEqualTo("second");
                second.expectEnd();
            }
            assertThat(serve.exitStatus(PATIENCE)).isZero();
        }
    }

    @Test
    void aRequestThatOutlivesTheTimeIsCutAndTheExitSaysSo() throws Exception {
        SteppedReplies replies = new SteppedReplies();
        try (Backend backend = Backend.start(replies);
                Program serve = serve(backend, "1500ms", "server.backpressure.maxLimit=1");
                Wire first = get(serve, "first")) {
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n")
                    .sendChunk("hello");
            assertThat(Content.of(first, first.head()).take(5)).isEqualTo("hello");
            try (Wire second = get(serve, "second")) {
                Await.until("it waits", () -> stat(serve, "queued") == 1);
                long start = System.nanoTime();
                serve.signal("TERM");
                assertThat(Content.untilGone(first)).doesNotContain("0\r\n\r\n");
                assertThat(Content.untilGone(second)).doesNotStartWith("HTTP/1.1 200");
                assertThat(serve.exitStatus(PATIENCE)).isEqualTo(1);
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .isBetween(Duration.ofMillis(1400), Duration.ofSeconds(10));
            }
            assertThat(backend.requests()).hasSize(1);
        }
    }

    @Test
    void aSecondSignalEndsWhatRunsAtOnce() throws Exception {
        SteppedReplies replies = new SteppedReplies();
        try (Backend backend = Backend.start(replies);
                Program serve = serve(backend, "1 hour");
                Wire first = get(serve, "first")) {
            replies.next();
            serve.signal("TERM");
            Await.until("it drains", () -> ask(serve, "GET /ready").status() == 503);
            assertThat(serve.isAlive()).isTrue();
            serve.signal("INT");
            assertThat(serve.exitStatus()).isEqualTo(1);
            assertThat(Content.untilGone(first)).isEmpty();
        }
    }

    private static Program serve(Backend backend, String shutdownTimeout, String... more) {
        List<String> sets =
                new ArrayList<>(
                        List.of(
                                "server.shutdownTimeout=" + shutdownTimeout,
                                "http-destinations.b.addresses=" + backend.address(),
                                "routes=[{path=\"/api/*\", proxy=\"b\"}]"));
        sets.addAll(List.of(more));
        return Program.serve(sets.toArray(String[]::new));
    }

    private static Wire get(Program serve, String path) {
        return serve.connect().sendLines(AdmissionGateway.getLines(path));
    }

    private static Answer ask(Program serve, String line) {
        try (Wire admin = serve.connectAdmin()) {
            return admin.sendLines(line + " HTTP/1.1\nHost: localhost\n\n").answer();
        }
    }

    private static int streams(Program serve) {
        return stat(serve, "streams");
    }

    private static int stat(Program serve, String key) {
        return ConfigFactory.parseString(ask(serve, "GET /stats").text()).getInt(key);
    }
}
