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
        stats.put("connections", whole(metrics, Gauge.CONNECTIONS_ACTIVE));
        stats.put("streams", whole(metrics, Gauge.SSE_ACTIVE_CONNECTIONS));
        stats.put("topics", whole(metrics, Gauge.TOPICS_ACTIVE));
        stats.put("queueDepth", whole(metrics, Gauge.QUEUE_DEPTH));
        stats.put("queueDepthTotal", whole(metrics, Gauge.EVENTS_QUEUED));
        stats.put("published", metrics.total(Counter.MESSAGES_PUBLISHED));
        stats.put("sent", metrics.total(Counter.MESSAGES_SENT));
        stats.put("dropped", dropped(metrics));
        stats.put("bytesSent", metrics.total(Counter.BYTES_SENT));
        stats.put("limit", whole(metrics, Gauge.ADMISSION_LIMIT));
        stats.put("inflight", whole(metrics, Gauge.ADMISSION_IN_FLIGHT));
        stats.put("queued", whole(metrics, Gauge.ADMISSION_QUEUED));
        stats.put("elu", metrics.value(Gauge.ADMISSION_UTILIZATION));
        stats.put(
                "smoothedLatency", 1000 * metrics.value(Gauge.ADMISSION_SMOOTHED_LATENCY_SECONDS));
        stats.put("shed", byLabel(metrics, Counter.ADMISSION_REJECTED));
        stats.put("rejectedConnections", byLabel(metrics, Counter.CONNECTIONS_REJECTED));
        stats.put("rejected", byLabel(metrics, Counter.REQUESTS_REJECTED));
        stats.put("pools", metrics.poolReports().stream().map(Stats::pool).toList());
        return stats;
    }

    private static long whole(Metrics metrics, Gauge gauge) {
        return (long) metrics.value(gauge);
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

    private static Map<String, Object> pool(PoolReport report) {
        Map<String, Object> pool = new LinkedHashMap<>();
        pool.put("name", report.destination());
        pool.put("connections", connections(report));
        pool.put("queued", report.queued());
        pool.put("inFlight", report.inFlight());
        pool.put("requests", report.requests());
        pool.put("retries", report.retries());
        pool.put("replays", report.replays());
        pool.put("failures", failures(report));
        pool.put("addresses", report.addresses().stream().map(Stats::address).toList());
        pool.put("outstanding", report.outstanding().stream().map(Stats::outstanding).toList());
        return pool;
    }

    private static Map<String, Object> connections(PoolReport report) {
        Map<String, Object> connections = new LinkedHashMap<>();
        connections.put("connecting", report.connecting());
        connections.put("idle", report.idle());
        connections.put("active", report.active());
        connections.put("streaming", report.streaming());
        return connections;
    }

    /// The sum, and the causes that there were.
    private static Map<String, Long> failures(PoolReport report) {
        Map<String, Long> failures = new LinkedHashMap<>();
        failures.put("total", 0L);
        report.failures()
                .forEach((cause, count) -> {
                    if (count > 0) {
                        failures.put(Counter.label(cause), count);
                        failures.merge("total", count, Long::sum);
                    }
                });
        return failures;
    }

    private static Map<String, Object> address(PoolReport.Address entry) {
        Map<String, Object> address = new LinkedHashMap<>();
        address.put("address", entry.address());
        address.put("connections", entry.connections());
        address.put("backoffMillis", entry.backoffMillis());
        address.put("leftOut", entry.leftOut());
        return address;
    }

    private static Map<String, Object> outstanding(PoolReport.Outstanding entry) {
        Map<String, Object> outstanding = new LinkedHashMap<>();
        outstanding.put("method", entry.method());
        outstanding.put("target", entry.target());
        outstanding.put("state", entry.state());
        outstanding.put("ageMillis", entry.ageMillis());
        return outstanding;
    }
}
