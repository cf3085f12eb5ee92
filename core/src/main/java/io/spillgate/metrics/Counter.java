package io.spillgate.metrics;

import io.spillgate.config.OverflowPolicy;
import io.spillgate.net.Work;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The numbers that only rise. Those with a label have one number for each of its values, all of
/// them known from the start. [#EVENT_LOOP_BUSY] is asked for when scraped ([Metrics#busyTime]),
/// the others are counted in [Cells].
public enum Counter implements Metric {
    CONNECTIONS(
            "connections_total",
            "connections",
            "Client connections accepted on the public listener."),
    CONNECTIONS_REJECTED(
            "connections_rejected_total",
            "connections",
            "Client connections that were answered 503 and closed instead of being held.",
            "reason",
            "cap"),
    TLS_HANDSHAKES(
            "tls_handshakes_total",
            "handshakes",
            "TLS handshakes that ended, by how.",
            "result",
            "full",
            "resumed",
            "failed"),
    TLS_HANDSHAKE_FAILURES(
            "tls_handshake_failures_total",
            "handshakes",
            "TLS handshakes that failed, by the cause.",
            "cause",
            "timeout",
            "closed",
            "not_tls",
            "unknown_name",
            "client_certificate",
            "refused",
            "protocol"),
    RATE_LIMIT_HITS(
            "rate_limit_hits_total",
            "requests",
            "Requests beyond the rate limit of their client address."),
    REQUESTS(
            "requests_total",
            "requests",
            "Requests answered, by the handler that answered and the status of the answer.",
            List.of("handler", "status"),
            List.of()),
    REQUESTS_REJECTED(
            "requests_rejected_total",
            "requests",
            "Requests refused, by the stage that refused.",
            "reason",
            "parse",
            "limit",
            "timeout",
            "input_memory",
            "expectation",
            "misdirected",
            "rate",
            "not_found",
            "method",
            "admission",
            "not_acceptable",
            "unauthorized",
            "forbidden",
            "invalid",
            "body",
            "hub_full",
            "blocked",
            "unconfirmed"),
    ADMISSION_REJECTED(
            "admission_rejected_total",
            "requests",
            "Requests refused by admission, by what refused them.",
            "reason",
            "cap",
            "queue_full",
            "queue_timeout",
            "utilization"),
    SSE_DISCONNECTS(
            "sse_disconnects_total",
            "streams",
            "Event streams that ended, by the cause.",
            "reason",
            "client",
            "timeout",
            "blocked",
            "memory",
            "error",
            "lost",
            "shutdown"),
    MESSAGES_PUBLISHED(
            "messages_published_total", "events", "Events taken into the log of their topic."),
    MESSAGES_SENT(
            "messages_sent_total",
            "events",
            "Events written to event streams, one for each stream that got it."),
    MESSAGES_DROPPED(
            "messages_dropped_total",
            "events",
            "Events that a subscriber whose queue was full did not get, by the policy that held;"
                    + " equal to the sum of what the gap notices say.",
            "policy",
            OverflowPolicy.values()),
    PROXY_KEEPALIVES(
            "proxy_keepalives_total",
            "comments",
            "Comments sent into event streams of backends that were silent (keepalive of a"
                    + " route)."),
    BYTES_SENT(
            "bytes_sent_total",
            "bytes",
            "Bytes written to event streams, with their framing, keepalives and notices."),
    ALLOCATION_FAILURES(
            "allocation_failures_total",
            "failures",
            "Failures to allocate memory for a connection, each of which closed it."),
    EVENT_LOOP_BUSY(
            "event_loop_busy_seconds_total",
            "seconds",
            "Time in which an event loop did not wait, by what it was spent on.",
            List.of("loop", "work"),
            Work.busy().stream().map(Counter::label).toList());

    @SuppressWarnings("ImmutableEnumChecker") // made with List.of
    private final Description description;

    @SuppressWarnings("ImmutableEnumChecker") // made by Stream.toList
    private final List<String> labelValues;

    Counter(String name, String unit, String help) {
        this(name, unit, help, List.of(), List.of());
    }

    Counter(String name, String unit, String help, String label, String... values) {
        this(name, unit, help, List.of(label), List.of(values));
    }

    Counter(String name, String unit, String help, String label, Enum<?>[] values) {
        this(name, unit, help, List.of(label), Arrays.stream(values).map(Counter::label).toList());
    }

    Counter(
            String name,
            String unit,
            String help,
            List<String> labelNames,
            List<String> labelValues) {
        description = new Description(name, unit, help, labelNames);
        this.labelValues = labelValues;
    }

    @Override
    public Description description() {
        return description;
    }

    @Override
    public String type() {
        return "counter";
    }

    /// The values of the one label, in the order of the enum whose constants are counted, of
    /// [#EVENT_LOOP_BUSY] those of the label beside `loop`; empty without a label, and for
    /// [#REQUESTS], whose values are those of [Handler] and the statuses seen.
    List<String> labelValues() {
        return labelValues;
    }

    /// How an enum's constant is written as the value of a label.
    public static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
