package io.spillgate.it.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.TestGateway;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A file of events, published in one request.
final class FanOutTest {
    private static final int EVENTS = 10_000;
    private static final int SUBSCRIBERS = 1000;

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void aFileOfTenThousandEventsArrivesCompleteAndInOrderAtAThousandSubscribers(String io)
            throws Exception {
        StringBuilder file = new StringBuilder();
        for (int i = 0; i < EVENTS - 1; i++) {
            file.append("event: tick\ndata: event number ").append(i).append("\n\n");
        }
        file.append("data: end\n\n");
        List<Reader> readers = new ArrayList<>();
        try (TestGateway gateway = TestGateway.start("http.io = \"" + io + "\"");
                Publisher publisher = gateway.publisher();
                Fleet fleet = new Fleet(Duration.ofSeconds(60))) {
            for (int i = 0; i < SUBSCRIBERS; i++) {
                Reader reader = new Reader(gateway.address(), "/events/t", 0, FanOutTest::check);
                readers.add(reader);
                reader.connect();
            }
            for (Reader reader : readers) {
                reader.awaitId();
                fleet.start(() -> reader.read(EVENTS));
            }
            Answer answer = publisher.post("t", "text/event-stream", file.toString());
            assertThat(Publisher.count(answer)).isEqualTo(EVENTS);
            fleet.join();
            assertThat(gateway.metric("spillgate_messages_dropped_total")).isZero();
        }
        for (Reader reader : readers) {
            assertThat(reader.dropped()).isZero();
            assertThat(reader.events()).isEqualTo(EVENTS);
            reader.close();
        }
    }

    private static void check(long sequence, String data) {
        if (!data.equals("end") && !data.equals("event number " + (sequence - 1))) {
            throw new AssertionError(sequence + " is " + data);
        }
    }
}
