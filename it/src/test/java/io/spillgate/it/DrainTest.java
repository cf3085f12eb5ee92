package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.EventStream.Block;
import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Upload;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// The shutdown as clients see it.
final class DrainTest {
    private static final String TOKEN = "Authorization: Bearer open-sesame";

    private static final int CROWD = 200;

    private TestGateway gateway;

    @BeforeEach
    void start() {
        gateway =
                TestGateway.start(
                        """
                        server.shutdownTimeout = 8000
                        hub.publish_tokens = ["open-sesame"]
                        """);
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void tellsEveryStreamWhenToComeBackAndEndsItCleanly() throws Exception {
        try (EventStream stream = gateway.subscribe("/events/t")) {
            gateway.publish("t", "before");
            gateway.gateway().drain();
            assertThat(stream.event().data()).isEqualTo("before");
            String retry = null;
            Block block = stream.block();
            while (block.data() == null) {
                retry = block.field("retry");
                block = stream.block();
            }
            retry = block.field("retry") == null ? retry : block.field("retry");
            assertThat(Integer.parseInt(String.valueOf(retry))).isBetween(1000, 15_000);
            assertThat(block.field("event")).isEqualTo("server-shutdown");
            assertThat(block.data()).isEqualTo("{\"reconnect\":true}");
            assertThat(block.id()).isNull();
            stream.expectEnd();
        }
        assertThat(gateway.gateway().drained().get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void acceptsNobodyAnyMore() {
        try (Upload upload = Upload.open(gateway.connectAdmin(), "t")) {
            upload.send("data: begun\n\n");
            gateway.awaitMetric("spillgate_messages_published_total", 1);
            gateway.gateway().drain();
            Await.until("the public listener is closed", this::isClosed);
        }
    }

    @Test
    void closesIdleConnections() {
        try (Wire idle = gateway.connect()) {
            idle.sendLines("GET /health HTTP/1.1\nHost: test\n\n").answer();
            gateway.gateway().drain();
            idle.expectEnd();
        }
    }

    @Test
    void servesTheFirstRequestOfANewConnection() {
        try (Wire wire = gateway.connect()) {
            gateway.awaitMetric("spillgate_connections_active", 1);
            gateway.gateway().drain();
            Answer answer = wire.sendLines("GET /health HTTP/1.1\nHost: test\n\n").answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Connection")).isEqualTo("close");
            wire.expectEnd();
        }
    }

    /// Whoever was let in is answered, however many stand in the queue of the kernel.
    @Test
    @EnabledOnOs(OS.LINUX)
    void resetsNobodyInACrowd() throws Exception {
        List<CompletableFuture<Integer>> visitors = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CROWD; i++) {
                visitors.add(CompletableFuture.supplyAsync(this::visitUntilRefused, threads));
            }
            Await.until("they come", () -> gateway.metric("spillgate_connections_total") > CROWD);
            gateway.gateway().drain();
        }
        int served = 0;
        for (CompletableFuture<Integer> visitor : visitors) {
            served += visitor.get();
        }
        assertThat(served).isGreaterThan(CROWD);
    }

    /// How often a client got its answer; one that is let in and gets none is an error.
    private int visitUntilRefused() {
        int served = 0;
        while (true) {
            Wire wire;
            try {
                wire = gateway.connect();
            } catch (UncheckedIOException refused) {
                return served;
            }
            try (wire) {
                wire.sendLines("GET /health HTTP/1.1\nHost: test\n\n");
                assertThat(wire.answer().status()).isEqualTo(200);
                served++;
            }
        }
    }

    @Test
    void waitsForTheFirstRequestNotForLong() throws Exception {
        try (Wire wire = gateway.connect()) {
            gateway.awaitMetric("spillgate_connections_active", 1);
            gateway.gateway().drain();
            wire.expectEnd();
            assertThat(gateway.gateway().drained().get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    /// Who goes on sending what was refused has half a minute, but not of a shutdown.
    @Test
    void isNotHeldUpByWhoGoesOnSendingWhatWasRefused() throws Exception {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("POST /events/t HTTP/1.1\nHost: test\nContent-Length: 30000000\n\n");
            assertThat(wire.answer().status()).isEqualTo(401);
            gateway.awaitMetric("spillgate_lingering_sockets", 1);
            gateway.gateway().drain();
            CompletableFuture<Boolean> drained = gateway.gateway().drained();
            while (!drained.isDone() && wire.trySend("x")) {
                boolean _ =
                        drained.copy().completeOnTimeout(false, 10, TimeUnit.MILLISECONDS).join();
            }
            assertThat(drained.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void servesTheRequestsInFlightAndThenClosesTheirConnections() throws Exception {
        try (Upload upload = Upload.open(gateway.connect(), "t", TOKEN)) {
            expectToBeServed(upload);
        }
        assertThat(gateway.gateway().drained().get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void servesTheRequestsInFlightOfTheAdminListenerToo() throws Exception {
        try (Upload upload = Upload.open(gateway.connectAdmin(), "t")) {
            expectToBeServed(upload);
        }
        assertThat(gateway.gateway().drained().get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void isOverAtOnceWhenNothingIsLeft() throws Exception {
        gateway.gateway().drain();
        assertThat(gateway.gateway().drained().get(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void abortsWhatIsLeftWhenTheTimeIsUp() throws Exception {
        String config = "server.shutdownTimeout = 1000\nhub.publish_tokens = [\"open-sesame\"]";
        try (TestGateway hasty = TestGateway.start(config);
                Upload upload = Upload.open(hasty.connect(), "t", TOKEN)) {
            upload.send("data: one\n\n");
            hasty.awaitMetric("spillgate_messages_published_total", 1);
            hasty.gateway().drain();
            assertThat(hasty.gateway().drained().get(10, TimeUnit.SECONDS)).isFalse();
            assertThat(upload.wire().endsByReset()).isIn(true, false);
        }
    }

    @Test
    void beginsOnTheOperatorsWord() throws Exception {
        try (EventStream stream = gateway.subscribe("/events/t")) {
            assertThat(gateway.askAdmin("POST /drain HTTP/1.1\nHost: test\n\n").status())
                    .isEqualTo(202);
            assertThat(stream.event().field("event")).isEqualTo("server-shutdown");
            stream.expectEnd();
        }
        assertThat(gateway.gateway().drained().get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void servesInTheTimeOfGraceWhoeverHasNotNoticedYet() {
        try (TestGateway patient = TestGateway.start("server.drainGrace = 3000");
                EventStream stream = patient.subscribe("/events/t");
                Wire idle = patient.connect()) {
            idle.sendLines("GET /health HTTP/1.1\nHost: test\n\n").answer();
            patient.gateway().drain();
            assertThat(patient.ask("GET /ready HTTP/1.1\nHost: test\n\n").status()).isEqualTo(503);
            Answer last = idle.sendLines("GET /health HTTP/1.1\nHost: test\n\n").answer();
            assertThat(last.status()).isEqualTo(200);
            assertThat(last.header("Connection")).isEqualTo("close");
            idle.expectEnd();
            patient.publish("t", "meanwhile");
            assertThat(stream.event().data()).isEqualTo("meanwhile");
            assertThat(stream.event().field("event")).isEqualTo("server-shutdown");
            stream.expectEnd();
        }
    }

    @Test
    void hasAsMuchGraceAsIsHalfOfItsTime() {
        try (TestGateway hasty = TestGateway.start("server.shutdownTimeout = 1000");
                Wire idle = hasty.connect()) {
            idle.sendLines("GET /health HTTP/1.1\nHost: test\n\n").answer();
            hasty.gateway().drain();
            idle.expectEnd();
        }
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void handsTheAddressOverToTheNextOne(String io) throws Exception {
        String shared = "http.reuse_port = true\nhttp.io = \"" + io + "\"\n";
        try (TestGateway old = TestGateway.start(shared);
                EventStream stream = old.subscribe("/events/t")) {
            String address = "http.bind_address = \"127.0.0.1:" + old.address().getPort() + "\"\n";
            try (TestGateway next = TestGateway.start(shared + address)) {
                old.gateway().drain();
                assertThat(stream.event().field("event")).isEqualTo("server-shutdown");
                stream.expectEnd();
                assertThat(old.gateway().drained().get(10, TimeUnit.SECONDS)).isTrue();
                assertThat(next.ask("GET /health HTTP/1.1\nHost: test\n\n").status())
                        .isEqualTo(200);
            }
        }
    }

    private void expectToBeServed(Upload upload) {
        upload.send("data: one\n\n");
        gateway.awaitMetric("spillgate_messages_published_total", 1);
        gateway.gateway().drain();
        upload.send("data: two\n\n");
        gateway.awaitMetric("spillgate_messages_published_total", 2);
        assertThat(gateway.gateway().drained()).isNotDone();
        Answer answer = upload.finish();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(Publisher.count(answer)).isEqualTo(2);
        assertThat(answer.header("Connection")).isEqualTo("close");
        upload.wire().expectEnd();
    }

    private boolean isClosed() {
        try {
            gateway.connect().close();
            return false;
        } catch (UncheckedIOException e) {
            return true;
        }
    }
}
