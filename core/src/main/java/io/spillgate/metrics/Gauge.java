package io.spillgate.metrics;

import java.util.List;
import java.util.stream.DoubleStream;

/// The numbers that rise and fall. They are not written but asked for when scraped: whoever owns
/// one registers a supplier ([Metrics#gauge]); several suppliers of one row are put together by its
/// rule, or stand in rows of their own.
public enum Gauge implements Metric {
    CONNECTIONS_ACTIVE(
            "connections_active",
            "connections",
            "Client connections held on the public listener.",
            Rule.SUM),
    SSE_ACTIVE_CONNECTIONS("sse_active_connections", "streams", "Event streams open.", Rule.SUM),
    QUEUE_DEPTH(
            "queue_depth",
            "events",
            "Events that wait for the subscriber that is furthest behind.",
            Rule.LARGEST),
    EVENTS_QUEUED(
            "events_queued",
            "events",
            "Events that wait for their subscribers, all subscribers together.",
            Rule.SUM),
    TOPICS_ACTIVE(
            "topics_active",
            "topics",
            "Topics that have events, or had some a short while ago.",
            Rule.SUM),
    TOPICS_WATCHED("topics_watched", "topics", "Topics of all event streams together.", Rule.SUM),
    HUB_MEMORY_BYTES(
            "hub_memory_bytes", "bytes", "Memory that the logs of all topics hold.", Rule.SUM),
    HUB_MEMORY_LIMIT_BYTES(
            "hub_memory_limit_bytes",
            "bytes",
            "Memory that the logs of all topics may hold (hub.memory).",
            Rule.SUM),
    DIRECT_MEMORY_BYTES(
            "direct_memory_bytes",
            "bytes",
            "Memory outside of the heap that connections hold, as Netty counts it.",
            Rule.SUM),
    DIRECT_MEMORY_LIMIT_BYTES(
            "direct_memory_limit_bytes",
            "bytes",
            "Memory outside of the heap that connections may hold; beyond it they fail.",
            Rule.SUM),
    INPUT_MEMORY_BYTES(
            "input_memory_bytes",
            "bytes",
            "Memory that unfinished requests of the public listener hold.",
            Rule.SUM),
    INPUT_MEMORY_LIMIT_BYTES(
            "input_memory_limit_bytes",
            "bytes",
            "Memory that unfinished requests of the public listener may hold (http.input_memory).",
            Rule.SUM),
    LINGERING_SOCKETS(
            "lingering_sockets",
            "connections",
            "Refused connections that are read and discarded before they are closed.",
            Rule.SUM),
    ADMISSION_LIMIT("admission_limit", "requests", "Requests that may run at once.", Rule.SUM),
    ADMISSION_IN_FLIGHT(
            "admission_in_flight", "requests", "Requests that run and count.", Rule.SUM),
    ADMISSION_QUEUED("admission_queued", "requests", "Requests that wait for admission.", Rule.SUM),
    ADMISSION_UTILIZATION(
            "admission_utilization",
            "ratio",
            "How busy the event loops were with requests in the last window of admission, 0 to 1.",
            Rule.SUM),
    ADMISSION_SMOOTHED_LATENCY_SECONDS(
            "admission_smoothed_latency_seconds",
            "seconds",
            "Moving average over the windows of how long admitted requests took.",
            Rule.SUM),
    EVENT_LOOP_UTILIZATION(
            "event_loop_utilization",
            "ratio",
            "Share of the last second in which an event loop worked instead of waiting, 0 to 1.",
            Rule.EACH_LOOP),
    TLS_CERTIFICATE_EXPIRY(
            "tls_certificate_expiry_seconds",
            "seconds",
            "When a certificate of a listener ends, in seconds since 1970, by its first name.",
            Rule.NAMED),
    BUILD_INFO("build_info", "builds", "Always 1; the labels say which build this is.", Rule.BUILD);

    @SuppressWarnings("ImmutableEnumChecker") // made with List.of
    private final Description description;

    private final Rule rule;

    Gauge(String name, String unit, String help, Rule rule) {
        description = new Description(name, unit, help, rule.labelNames);
        this.rule = rule;
    }

    @Override
    public Description description() {
        return description;
    }

    @Override
    public String type() {
        return "gauge";
    }

    /// Whether each event loop has a value of its own.
    boolean isPerLoop() {
        return rule == Rule.EACH_LOOP;
    }

    /// Whether its values have names that are not known from the start.
    boolean isNamed() {
        return rule == Rule.NAMED;
    }

    /// The one value of what all suppliers say; 0 when there is none.
    double combine(DoubleStream values) {
        return switch (rule) {
            case SUM -> values.sum();
            case LARGEST -> values.max().orElse(0);
            case BUILD -> 1;
            case EACH_LOOP, NAMED -> throw new IllegalStateException(this + " has no one value");
        };
    }

    private enum Rule {
        SUM,
        LARGEST,
        BUILD("version", "java"),
        EACH_LOOP("loop"),
        NAMED("name");

        @SuppressWarnings("ImmutableEnumChecker") // made with List.of
        private final List<String> labelNames;

        Rule(String... labelNames) {
            this.labelNames = List.of(labelNames);
        }
    }
}
