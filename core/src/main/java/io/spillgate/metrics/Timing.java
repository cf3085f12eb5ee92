package io.spillgate.metrics;

import java.util.List;

/// The durations, each kept as a histogram over the bounds of [Buckets].
public enum Timing implements Metric {
    DELIVERY_LATENCY(
            "delivery_latency_seconds",
            "Time from an event's place in the log to its bytes being written to a stream, once for"
                    + " each stream."),
    REQUEST_DURATION(
            "request_duration_seconds",
            "Time from the first byte of a request to the last of its answer; for an event stream"
                    + " to the end of its head."),
    EVENT_LOOP_LAG(
            "event_loop_lag_seconds",
            "Time that a task which was due had to wait for its event loop, probed ten times a"
                    + " second on each.");

    private final String metricName;
    private final String help;

    Timing(String name, String help) {
        this.metricName = "spillgate_" + name;
        this.help = help;
    }

    @Override
    public String metricName() {
        return metricName;
    }

    @Override
    public String help() {
        return help;
    }

    @Override
    public String unit() {
        return "seconds";
    }

    @Override
    public List<String> labelNames() {
        return List.of();
    }

    @Override
    public String type() {
        return "histogram";
    }
}
