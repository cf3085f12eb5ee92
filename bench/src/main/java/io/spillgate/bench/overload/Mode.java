package io.spillgate.bench.overload;

/// What decides which requests are served.
enum Mode {
    /// Nothing does.
    NONE("no limiter", Limits.OFF),
    /// The rule of react-server: a gateway without configuration.
    FAIR("fair", ""),
    /// Short waits instead of order.
    LATENCY("latency", Limits.LATENCY),
    /// Netflix's Gradient2 instead of the rule.
    GRADIENT2("Gradient2", Limits.GRADIENT2),
    /// HAProxy before a gateway that has no limiter.
    HAPROXY("HAProxy", Limits.OFF);

    private final String label;
    private final String server;

    Mode(String label, String server) {
        this.label = label;
        this.server = server;
    }

    /// Its name in the tables.
    String label() {
        return label;
    }

    /// What of the gateway's configuration is about admission.
    String server() {
        return server;
    }

    private static final class Limits {
        static final String OFF =
                """
                [server.backpressure]
                enabled = false
                """;

        /// Where Gradient2 begins, until the first window has ended.
        static final String GRADIENT2 =
                """
                [server.backpressure]
                initialLimit = 20
                """;

        static final String LATENCY =
                """
                [server.backpressure]
                profile = "latency"
                """;
    }
}
