package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Wire;
import io.spillgate.it.stress.HalfHeads;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `http.input_memory`: what all unfinished requests hold together, and who has to go.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class UnfinishedInputTest {
    private static final int ATTACKERS = 300;
    private static final long LIMIT = 4L << 20;
    private static final long MOST_DIRECT_BYTES = 8L << 20;
    private static final String BOUND = "http.input_memory = \"4MiB\"\n";
    private static final String USED = "spillgate_input_memory_bytes";
    private static final String REJECTED =
            "spillgate_requests_rejected_total{reason=\"input_memory\"}";

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void theOldestHeadsGoAndEverybodyElseIsServed(String io) {
        try (AdmissionGateway gate = AdmissionGateway.start(BOUND + "http.io = \"" + io + "\"")) {
            gate.ask("GET /fixed HTTP/1.1\nHost: test\n\n").answer();
            long before = directBytes();
            try (HalfHeads heads = new HalfHeads(gate.gateway().address(), "/fixed")) {
                for (int i = 0; i < ATTACKERS; i += 10) {
                    heads.add(10);
                    assertThat(fixed(gate)).isEqualTo("fixed");
                }
                Await.until("enough are refused", () -> rejected(gate) >= ATTACKERS - 70);
                assertThat(gate.gateway().metric(USED)).isBetween(LIMIT / 2.0, (double) LIMIT);
                assertThat(directBytes() - before).isLessThan(MOST_DIRECT_BYTES);
                assertThat(heads.rest(0))
                        .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                        .contains("\r\nRetry-After: 1\r\n", "\r\nConnection: close\r\n")
                        .contains("http.input_memory");
                assertThat(heads.finish(ATTACKERS - 1))
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .endsWith("fixed");
                assertThat(rejected(gate)).isLessThan(ATTACKERS);
            }
            gate.gateway().awaitMetric(USED, 0);
        }
    }

    @Test
    void theBoundIsAnEighthOfTheHeapUnlessItIsSet() {
        String limit = "spillgate_input_memory_limit_bytes";
        try (AdmissionGateway gate = AdmissionGateway.start("")) {
            assertThat(gate.gateway().metric(limit))
                    .isEqualTo(Math.floor(Runtime.getRuntime().maxMemory() / 8.0));
            gate.reload(BOUND);
            assertThat(gate.gateway().metric(limit)).isEqualTo(LIMIT);
        }
    }

    @Test
    void theOldestBodyGoesAndTheNewestIsPublished() {
        try (AdmissionGateway gate = AdmissionGateway.start("http.input_memory = \"2MiB\"")) {
            String half = "x".repeat(500_000);
            Wire[] publishers = new Wire[5];
            for (int i = 0; i < publishers.length; i++) {
                publishers[i] =
                        gate.ask(
                                        """
                                        POST /events/t HTTP/1.1
                                        Host: test
                                        %s
                                        Content-Length: 1000000

                                        """
                                                .formatted(AdmissionGateway.TOKEN))
                                .send(half);
                gate.awaitInFlight(Math.min(i + 1, 4));
            }
            Answer refused = publishers[0].answer();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            assertThat(refused.header("Connection")).isEqualTo("close");
            assertThat(refused.body()).contains("http.input_memory");
            assertThat(publishers[4].send(half).answer().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /api/x HTTP/1.1\nHost: test\n\n", "POST"})
    void whatWaitsForAdmissionCounts(String request) {
        try (AdmissionGateway gate =
                AdmissionGateway.start(".maxLimit = 1\n.queueTimeout = 60000\n")) {
            AdmissionGateway.Running running = gate.run("first");
            String rest = "b".repeat(10_000);
            Wire waits =
                    request.equals("POST")
                            ? gate.post("x", "Content-Length: 20000\n\n" + rest)
                            : gate.ask(request).send(rest);
            Await.until("it counts", () -> gate.gateway().metric(USED) > 0);
            running.finish();
            gate.next();
            waits.close();
            gate.gateway().awaitMetric(USED, 0);
        }
    }

    @Test
    void whatWaitsForAPoolCounts() {
        String one = "http-destinations.backend.backend-connections-per-ip-port = 1\n";
        try (AdmissionGateway gate = AdmissionGateway.start(one)) {
            AdmissionGateway.Running running = gate.run("first");
            String body = "b".repeat(10_000);
            Wire waits =
                    gate.connect()
                            .sendLines(
                                    "POST /api/x HTTP/1.1\nHost: test\nContent-Length: 10000\n\n"
                                            + body);
            Await.until("it counts", () -> gate.gateway().metric(USED) > 0);
            running.finish();
            gate.next().ok("done");
            assertThat(waits.answer().body()).isEqualTo("done");
            gate.gateway().awaitMetric(USED, 0);
        }
    }

    @Test
    void whoCannotBeAnsweredIsClosed() {
        try (AdmissionGateway gate = AdmissionGateway.start(BOUND);
                HalfHeads heads = new HalfHeads(gate.gateway().address(), "/fixed")) {
            AdmissionGateway.Running running = gate.run("long");
            running.exchange().sendLines("HTTP/1.1 200 OK\nContent-Length: 100\n\n").send("half");
            assertThat(running.wire().head().status()).isEqualTo(200);
            running.wire().send("GET /fixed HTTP/1.1\r\nHost: test\r\nX: y");
            Await.until("it counts", () -> gate.gateway().metric(USED) > 0);
            heads.add(70);
            Await.until("the oldest is shed", () -> rejected(gate) > 0);
            assertThat(running.wire().take(4)).isEqualTo("half");
            running.wire().expectEnd();
        }
    }

    /// An upload is as old as the event that it is sending, not as its connection.
    @Test
    void anUploadThatCompletesItsEventsIsNotOld() {
        try (AdmissionGateway gate = AdmissionGateway.start(BOUND);
                HalfHeads heads = new HalfHeads(gate.gateway().address(), "/fixed")) {
            Wire upload =
                    gate.ask(
                            """
                            POST /events/t HTTP/1.1
                            Host: test
                            %s
                            Content-Type: text/event-stream
                            Content-Length: 1000000

                            """
                                    .formatted(AdmissionGateway.TOKEN));
            upload.send("data: begins");
            Await.until("it counts", () -> gate.gateway().metric(USED) > 0);
            heads.add(50);
            Await.until("they count", () -> gate.gateway().metric(USED) > LIMIT * 0.7);
            upload.send("\n\ndata: the next");
            gate.gateway().awaitMetric("spillgate_messages_published_total", 1);
            heads.add(30);
            Await.until("the oldest are shed", () -> rejected(gate) > 10);
            upload.send("\n\n");
            gate.gateway().awaitMetric("spillgate_messages_published_total", 2);
            assertThat(heads.rest(0)).startsWith("HTTP/1.1 503 ");
        }
    }

    private static String fixed(AdmissionGateway gate) {
        return gate.gateway().ask("GET /fixed HTTP/1.1\nHost: test\n\n").body();
    }

    private static double rejected(AdmissionGateway gate) {
        return gate.gateway().metric(REJECTED);
    }

    private static long directBytes() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }
}
