package io.spillgate.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillgate.admission.AdmissionRefusal;
import io.spillgate.client.pool.PoolFailure;
import io.spillgate.config.OverflowPolicy;
import io.spillgate.http.RequestRefusal;
import io.spillgate.http.tls.Handshake;
import io.spillgate.http.tls.HandshakeFailure;
import io.spillgate.hub.StreamEnd;
import io.spillgate.listener.ConnectionRefusal;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// The rows of the counters name what other packages count, without knowing their enums.
final class LabelsTest {
    private static final Map<Counter, Enum<?>[]> COUNTED =
            Map.of(
                    Counter.CONNECTIONS_REJECTED, ConnectionRefusal.values(),
                    Counter.TLS_HANDSHAKES, Handshake.values(),
                    Counter.TLS_HANDSHAKE_FAILURES, HandshakeFailure.values(),
                    Counter.REQUESTS_REJECTED, RequestRefusal.values(),
                    Counter.ADMISSION_REJECTED, AdmissionRefusal.values(),
                    Counter.SSE_DISCONNECTS, StreamEnd.values(),
                    Counter.MESSAGES_DROPPED, OverflowPolicy.values());

    @Test
    void everyLabelledCounterHasTheValuesOfItsEnumInTheirOrder() {
        COUNTED.forEach((counter, constants) ->
                assertThat(counter.labelValues())
                        .as(counter.name())
                        .isEqualTo(Arrays.stream(constants).map(Counter::label).toList()));
    }

    @Test
    void theFailuresOfPoolsHaveTheValuesOfTheirEnumInTheirOrder() {
        assertThat(PoolMetric.FAILURES.labelValues())
                .isEqualTo(Arrays.stream(PoolFailure.values()).map(Counter::label).toList());
    }

    @Test
    void noLabelledCounterIsMissingHere() {
        List<Counter> labelled =
                Arrays.stream(Counter.values())
                        .filter(counter -> counter.labelNames().size() == 1)
                        .toList();
        assertThat(COUNTED).containsOnlyKeys(labelled.toArray(Counter[]::new));
    }

    @Test
    void countsNothingUnderAConstantThatIsNoValueOfTheLabel() {
        Cells cells = new Metrics(1).cells(0);
        assertThatThrownBy(() -> cells.add(Counter.SSE_DISCONNECTS, RequestRefusal.RATE))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("SSE_DISCONNECTS has no label RATE");
        assertThatThrownBy(() -> cells.add(Counter.MESSAGES_SENT, RequestRefusal.RATE))
                .isInstanceOf(AssertionError.class);
    }
}
