package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.Upload;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Event streams of the hub and publications, as far as they take places of requests.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SubscriptionsTest {
    private static final String ONE = ".maxLimit = 1\n.queueTimeout = 60000\n";
    private static final String LARGE_HISTORY =
            "hub.history_bytes = \"64MiB\"\nhub.memory = \"200MiB\"\n";
    private static final Duration A_MOMENT = Duration.ofMillis(300);
    private static final int MANY = 50;
    private static final int EVENTS = 300;
    private static final String DATA = "x".repeat(50_000);

    private final List<EventStream> streams = new ArrayList<>();
    private AdmissionGateway gate;

    @BeforeEach
    void start() {
        gate = AdmissionGateway.start(ONE);
    }

    @AfterEach
    void stop() {
        streams.forEach(EventStream::close);
        gate.close();
    }

    private void restart(String settings) {
        gate.close();
        gate = AdmissionGateway.start(settings);
    }

    @Test
    void takeAPlaceOnlyToBegin() {
        for (int i = 0; i < MANY; i++) {
            streams.add(gate.gateway().subscribe("/events/t"));
        }
        gate.awaitInFlight(0);
        assertThat(gate.stats().getInt("streams")).isEqualTo(MANY);
        gate.gateway().publish("t", "to all");
        for (EventStream stream : streams) {
            assertThat(stream.event().data()).isEqualTo("to all");
        }
        gate.expectOnePlace();
    }

    @Test
    void waitForAPlaceToBegin() {
        AdmissionGateway.Running running = gate.run("x");
        Wire wire = gate.connect().sendLines("GET /events/t HTTP/1.1\nHost: test\n\n");
        gate.awaitQueued(1);
        wire.expectSilence(A_MOMENT);
        assertThat(gate.stats().getInt("streams")).isZero();
        running.finish();
        EventStream stream = EventStream.over(wire, wire.head());
        stream.expectOpening();
        gate.gateway().publish("t", "hello");
        assertThat(stream.event().data()).isEqualTo("hello");
        gate.expectOnePlace();
    }

    @Test
    void areRefusedLikeAnythingElse() {
        restart(ONE + ".queueSize = 0");
        gate.run("x");
        AdmissionGateway.expectBusy(gate.gateway().ask("GET /events/t HTTP/1.1\nHost: test\n\n"));
        assertThat(gate.stats().getInt("streams")).isZero();
    }

    @Test
    void holdTheirPlaceUntilTheReplayIsWritten() {
        restart(ONE + LARGE_HISTORY);
        try (Wire narrow = Wire.narrow(4096, gate.gateway().address())) {
            Wire waiting = stall(narrow);
            EventStream stream = EventStream.over(narrow, narrow.head());
            stream.expectOpening();
            for (int i = 0; i < EVENTS; i++) {
                assertThat(stream.event().data()).isEqualTo(DATA);
            }
            gate.next().ok("waiting");
            assertThat(waiting.answer().body()).isEqualTo("waiting");
            gate.expectOnePlace();
            gate.gateway().publish("t", "live");
            assertThat(stream.event().data()).isEqualTo("live");
        }
    }

    @Test
    void giveTheirPlaceBackWhenTheyLeaveInTheMiddleOfTheReplay() {
        restart(ONE + LARGE_HISTORY);
        try (Wire narrow = Wire.narrow(4096, gate.gateway().address())) {
            Wire waiting = stall(narrow);
            narrow.reset();
            gate.next().ok("waiting");
            assertThat(waiting.answer().body()).isEqualTo("waiting");
        }
        gate.expectOnePlace();
    }

    /// Has a subscriber not read its replay, and another client wait for its place.
    private Wire stall(Wire narrow) {
        try (Publisher publisher = gate.gateway().publisher()) {
            for (int i = 0; i < EVENTS; i++) {
                publisher.publish("t", DATA);
            }
        }
        narrow.sendLines("GET /events/t HTTP/1.1\nHost: test\nLast-Event-ID: earliest\n\n");
        gate.awaitInFlight(1);
        Wire waiting = gate.queue("waiting");
        waiting.expectSilence(A_MOMENT);
        assertThat(gate.inFlight()).isEqualTo(1);
        assertThat(gate.queued()).isEqualTo(1);
        return waiting;
    }

    @Test
    void thatStallLaterTakeNoPlace() {
        restart(ONE + LARGE_HISTORY);
        try (Wire narrow = Wire.narrow(4096, gate.gateway().address());
                Publisher publisher = gate.gateway().publisher()) {
            EventStream.open(narrow, "/events/t");
            gate.awaitInFlight(0);
            for (int i = 0; i < EVENTS; i++) {
                publisher.publish("t", DATA);
            }
            gate.expectOnePlace();
        }
    }

    @Test
    void countForLifeWhereThatIsWanted() {
        restart(ONE.replace("= 1", "= 2") + ".countEventStreams = true");
        streams.add(gate.gateway().subscribe("/events/t"));
        streams.add(gate.gateway().subscribe("/events/t"));
        gate.awaitInFlight(2);
        Wire third = gate.connect().sendLines("GET /events/t HTTP/1.1\nHost: test\n\n");
        gate.awaitQueued(1);
        Wire request = gate.queue("x");
        third.expectSilence(A_MOMENT);
        streams.getFirst().close();
        EventStream stream = EventStream.over(third, third.head());
        stream.expectOpening();
        assertThat(gate.inFlight()).isEqualTo(2);
        gate.gateway().publish("t", "hello");
        assertThat(stream.event().data()).isEqualTo("hello");
        streams.get(1).wire().reset();
        gate.next().ok("x");
        assertThat(request.answer().body()).isEqualTo("x");
        gate.awaitInFlight(1);
        third.halfClose();
        gate.expectEmpty();
    }

    @Test
    void countPublicationsOnThePublicListenerUntilTheyEnd() {
        Upload upload = Upload.open(gate.connect(), "t", AdmissionGateway.TOKEN);
        gate.awaitInFlight(1);
        Upload second = Upload.open(gate.connect(), "t", AdmissionGateway.TOKEN);
        gate.awaitQueued(1);
        second.send("data: second\n\n");
        upload.send("data: first\n\n");
        Await.until("the first is there", () -> gate.stats().getInt("published") == 1);
        assertThat(Publisher.count(upload.finish())).isEqualTo(1);
        Await.until("the second is there", () -> gate.stats().getInt("published") == 2);
        assertThat(Publisher.count(second.finish())).isEqualTo(1);
        gate.expectOnePlace();
    }

    @Test
    void doNotCountPublicationsOnTheAdminListener() {
        restart(ONE + ".queueSize = 0");
        gate.run("x");
        try (Upload upload = Upload.open(gate.gateway().connectAdmin(), "t")) {
            upload.send("data: hello\n\n");
            assertThat(Publisher.count(upload.finish())).isEqualTo(1);
        }
        assertThat(gate.inFlight()).isEqualTo(1);
        assertThat(gate.shed("queue_full")).isZero();
    }
}
