package io.spillgate.metrics;

import io.spillgate.config.OverflowPolicy;

import java.util.LinkedHashMap;
import java.util.Map;

/// What `GET /stats` answers.
final class Stats {
    private Stats() {}

    static String json(Metrics metrics, Map<String, ?> more) {
        Map<String, Object> stats = values(metrics);
        stats.putAll(more);
        return Json.write(stats);
    }

    /// Our own part of it, by key, in the order of the answer.
    static Map<String, Object> values(Metrics metrics) {
        Map<String, Object> stats = new LinkedHashMap<>();
        stats.put("uptimeSeconds", metrics.uptimeNanos() / 1_000_000_000);
        stats.put("connections", metrics.value(Gauge.CONNECTIONS_ACTIVE));
        stats.put("streams", metrics.value(Gauge.SSE_ACTIVE_CONNECTIONS));
        stats.put("topics", metrics.value(Gauge.TOPICS_ACTIVE));
        stats.put("queueDepth", metrics.value(Gauge.QUEUE_DEPTH));
        stats.put("queueDepthTotal", metrics.value(Gauge.QUEUE_DEPTH_TOTAL));
        stats.put("published", metrics.total(Counter.MESSAGES_PUBLISHED));
        stats.put("sent", metrics.total(Counter.MESSAGES_SENT));
        stats.put("dropped", dropped(metrics));
        stats.put("bytesSent", metrics.total(Counter.BYTES_SENT));
        stats.put("rejectedConnections", byLabel(metrics, Counter.CONNECTIONS_REJECTED));
        stats.put("rejected", byLabel(metrics, Counter.REQUESTS_REJECTED));
        return stats;
    }

    private static long dropped(Metrics metrics) {
        long dropped = 0;
        for (OverflowPolicy policy : OverflowPolicy.values()) {
            dropped += metrics.total(Counter.MESSAGES_DROPPED, Layout.index(policy));
        }
        return dropped;
    }

    private static Map<String, Long> byLabel(Metrics metrics, Counter counter) {
        Map<String, Long> byLabel = new LinkedHashMap<>();
        for (int i = 0; i < counter.labelValues().size(); i++) {
            byLabel.put(counter.labelValues().get(i), metrics.total(counter, i));
        }
        return byLabel;
    }
}
