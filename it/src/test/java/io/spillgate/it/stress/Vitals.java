package io.spillgate.it.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Wire;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a gateway's metrics say of its health, and the most that some of them have said. Confined
/// to one thread.
final class Vitals {
    static final String HEAP = "jvm_memory_used_bytes{area=\"heap\"}";
    static final String DIRECT = "spillgate_direct_memory_bytes";
    static final String RESIDENT = "process_resident_memory_bytes";
    static final String INPUT = "spillgate_input_memory_bytes";
    static final String HUB = "spillgate_hub_memory_bytes";
    static final String LINGERING = "spillgate_lingering_sockets";
    static final String CONNECTIONS = "spillgate_connections_active";
    static final String STREAMS = "spillgate_sse_active_connections";
    static final String WATCHED = "spillgate_topics_watched";
    static final String IN_FLIGHT = "spillgate_admission_in_flight";
    static final String QUEUED = "spillgate_admission_queued";

    private static final List<String> WATCHED_FOR =
            List.of(
                    HEAP,
                    DIRECT,
                    RESIDENT,
                    INPUT,
                    HUB,
                    LINGERING,
                    CONNECTIONS,
                    STREAMS,
                    WATCHED,
                    IN_FLIGHT,
                    QUEUED);

    private final InetSocketAddress admin;
    private final Map<String, Double> most = new TreeMap<>();
    private Map<String, Double> now = Map.of();

    Vitals(InetSocketAddress admin) {
        this.admin = admin;
    }

    /// Asks for all metrics.
    Vitals look() {
        Map<String, Double> samples = new HashMap<>();
        try (Wire wire = Wire.to(admin)) {
            wire.sendLines("GET /metrics HTTP/1.1\nHost: localhost\nConnection: close\n\n");
            for (String line : wire.answer().body().lines().toList()) {
                int space = line.lastIndexOf(' ');
                if (!line.startsWith("#")) {
                    samples.put(line.substring(0, space), number(line.substring(space + 1)));
                }
            }
        }
        now = samples;
        WATCHED_FOR.forEach(sample -> most.merge(sample, get(sample), Math::max));
        return this;
    }

    /// What a sample was at the last look, named with its labels.
    double get(String sample) {
        Double value = now.get(sample);
        assertThat(value).as(sample).isNotNull();
        return value == null ? 0 : value;
    }

    /// The most that one of those that are watched was at any look.
    double most(String sample) {
        return most.getOrDefault(sample, 0.0);
    }

    /// Which of these samples are not as they should be, as of the last look.
    List<String> differences(Map<String, Double> wanted) {
        List<String> all = new ArrayList<>();
        wanted.forEach((sample, value) -> {
            if (get(sample) != value) {
                all.add(sample + " is " + get(sample) + ", not " + value);
            }
        });
        return all;
    }

    /// How often a task on an event loop was late by more than this.
    ///
    /// @param seconds a bucket of the histogram, as it is written there
    double lagsAbove(String seconds) {
        double all = 0;
        for (Map.Entry<String, Double> sample : now.entrySet()) {
            String name = sample.getKey();
            if (name.startsWith("spillgate_event_loop_lag_seconds_count")) {
                all += sample.getValue();
            } else if (name.startsWith("spillgate_event_loop_lag_seconds_bucket")
                    && name.contains("le=\"" + seconds + "\"")) {
                all -= sample.getValue();
            }
        }
        return all;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        most.forEach((sample, value) -> {
            boolean bytes = sample.contains("_bytes");
            text.append(", ").append(sample.replaceAll("spillgate_|_bytes", "")).append(' ');
            text.append(bytes ? Math.round(value / (1 << 20)) + " MiB" : Math.round(value) + "");
        });
        return text.substring(2);
    }

    private static double number(String text) {
        return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
    }
}
