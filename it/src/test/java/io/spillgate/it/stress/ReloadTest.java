package io.spillgate.it.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.TestGateway;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A configuration that changes again and again under open streams.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ReloadTest {
    private static final int CLIENTS = 200;
    private static final int EVENTS = 1000;
    private static final List<String> POLICIES = List.of("drop_newest", "block", "drop_oldest");

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void cutsNoStreamAndLosesNoEvent(String io) throws Exception {
        try (TestGateway gateway = TestGateway.start("http.io = \"" + io + "\"");
                Publisher publisher = gateway.publisher();
                Fleet fleet = new Fleet(Duration.ofSeconds(60))) {
            List<Reader> readers = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Reader reader =
                        new Reader(gateway.address(), "/events/t", 0, (sequence, data) -> {});
                reader.connect();
                readers.add(reader);
            }
            for (Reader reader : readers) {
                reader.awaitId();
                fleet.start(() -> reader.read(Long.MAX_VALUE));
            }
            for (int i = 0; i < EVENTS; i++) {
                if (i % 20 == 0) {
                    gateway.gateway().apply(TestGateway.config(changed(io, i)));
                }
                publisher.publish("t", i == EVENTS - 1 ? "end" : String.valueOf(i));
            }
            fleet.join();
            for (Reader reader : readers) {
                assertThat(reader.events()).isEqualTo(EVENTS);
                reader.close();
            }
        }
    }

    private static String changed(String io, int i) {
        return """
        http.io = "%s"
        http.backpressure_policy = "%s"
        http.max_message_queue_size = %d
        http.keepalive_interval_sec = %d
        hub.history_size = %d
        """
                .formatted(io, POLICIES.get(i / 20 % 3), 1000 + i, i / 20 % 4, i / 20 % 5 * 100);
    }
}
