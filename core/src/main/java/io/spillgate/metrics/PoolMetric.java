package io.spillgate.metrics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The numbers of the connection pools. They are not written but taken from the [PoolReport]s of
/// the moment ([Metrics#pools]): each row stands once for every destination there is.
public enum PoolMetric implements Metric {
    QUEUED(
            "pool_queued",
            Type.GAUGE,
            "requests",
            "Requests that wait for a connection.",
            pool -> List.of((long) pool.queued())),
    IN_FLIGHT(
            "pool_in_flight",
            Type.GAUGE,
            "requests",
            "Requests on a connection.",
            pool -> List.of((long) pool.inFlight())),
    CONNECTIONS(
            "pool_connections",
            Type.GAUGE,
            "connections",
            "Connections to the destination, by what they do.",
            "state",
            List.of("connecting", "idle", "active", "streaming"),
            pool ->
                    List.of(
                            (long) pool.connecting(),
                            (long) pool.idle(),
                            (long) pool.active(),
                            (long) pool.streaming())),
    REQUESTS(
            "pool_requests_total",
            Type.COUNTER,
            "requests",
            "Requests given to the pool, those that it refused included.",
            pool -> List.of(pool.requests())),
    RETRIES(
            "pool_retries_total",
            Type.COUNTER,
            "requests",
            "Requests sent again after a connection failed them.",
            pool -> List.of(pool.retries())),
    REPLAYS(
            "pool_replays_total",
            Type.COUNTER,
            "requests",
            "Requests sent again because the backend had closed a connection that was kept; they"
                    + " are not among the retries.",
            pool -> List.of(pool.replays())),
    FAILURES(
            "pool_failures_total",
            Type.COUNTER,
            "requests",
            "Requests that got no answer, or not a whole one, by the cause.",
            "cause",
            List.of(
                    "queue_full",
                    "open_requests",
                    "streams",
                    "queue_timeout",
                    "closed",
                    "backoff",
                    "resolve",
                    "connect_refused",
                    "connect_timeout",
                    "tls",
                    "proxy",
                    "reset",
                    "timeout",
                    "idle",
                    "protocol",
                    "truncated",
                    "too_large",
                    "not_read"),
            PoolMetric::failuresOfEachCause),
    WAIT(
            "pool_wait_seconds",
            Type.HISTOGRAM,
            "seconds",
            "Time until a request had its connection, once for each time it is sent; 0 if one was"
                    + " idle.",
            PoolReport::waitCounts);

    private final Type type;

    @SuppressWarnings("ImmutableEnumChecker") // made with List.of
    private final Description description;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of and Stream.toList
    private final List<String> labelValues;

    @SuppressWarnings("ImmutableEnumChecker") // has no state
    private final Function<PoolReport, List<Long>> values;

    PoolMetric(
            String name,
            Type type,
            String unit,
            String help,
            Function<PoolReport, List<Long>> values) {
        this(name, type, unit, help, List.of("destination"), List.of(), values);
    }

    PoolMetric(
            String name,
            Type type,
            String unit,
            String help,
            String label,
            List<String> labelValues,
            Function<PoolReport, List<Long>> values) {
        this(name, type, unit, help, List.of("destination", label), labelValues, values);
    }

    PoolMetric(
            String name,
            Type type,
            String unit,
            String help,
            List<String> labelNames,
            List<String> labelValues,
            Function<PoolReport, List<Long>> values) {
        this.type = type;
        description = new Description(name, unit, help, labelNames);
        this.labelValues = labelValues;
        this.values = values;
    }

    @Override
    public Description description() {
        return description;
    }

    @Override
    public String type() {
        return Counter.label(type);
    }

    Type kind() {
        return type;
    }

    /// The values of the label beside `destination`; empty without one.
    List<String> labelValues() {
        return labelValues;
    }

    /// What a pool says: one number, or one for each value of the label in its order, or the counts
    /// of a histogram's buckets.
    List<Long> values(PoolReport pool) {
        return values.apply(pool);
    }

    private static List<Long> failuresOfEachCause(PoolReport pool) {
        Map<String, Long> failures = new HashMap<>();
        pool.failures().forEach((cause, count) -> failures.put(Counter.label(cause), count));
        return FAILURES.labelValues.stream()
                .map(cause -> failures.getOrDefault(cause, 0L))
                .toList();
    }

    /// The types of the exposition formats.
    enum Type {
        COUNTER,
        GAUGE,
        HISTOGRAM
    }
}
