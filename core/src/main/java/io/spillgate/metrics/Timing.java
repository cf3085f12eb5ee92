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
    ADMISSION_WAIT(
            "admission_wait_seconds",
            "Time that a request waited for admission, of those that waited and were admitted."),
    ADMISSION_HELD(
            "admission_held_seconds",
            "Time from the admission of a request to its end; for an event stream or a tunnel to"
                    + " the end of its head and replay."),
    TLS_HANDSHAKE(
            "tls_handshake_seconds",
            "Time from the accept of a connection to the end of its TLS handshake, whatever its"
                    + " end."),
    EVENT_LOOP_LAG(
            "event_loop_lag_seconds",
            "Time that a task which was due had to wait for its event loop, probed ten times a"
                    + " second on each.");

    @SuppressWarnings("ImmutableEnumChecker") // made with List.of
    private final Description description;

    Timing(String name, String help) {
        description = new Description(name, "seconds", help, List.of());
    }

    @Override
    public Description description() {
        return description;
    }

    @Override
    public String type() {
        return "histogram";
    }
}
