package io.spillgate.config;

/// `[server.backpressure.shares]`: which part of the limit no other class of requests may take, 0
/// to 1 each. If any is above 0, the more important class is also served first.
///
/// @param publish publications on the public listener
/// @param request proxied requests
/// @param resume subscriptions with a last event id
/// @param stream other subscriptions
/// @param bulk requests of routes with `priority = "bulk"`
public record SharesConfig(
        double publish, double request, double resume, double stream, double bulk) {

    private static final double ROUNDING = 1e-9;

    /// What holds for every key that is not set.
    public static final SharesConfig DEFAULT = new SharesConfig(0, 0, 0, 0, 0);

    public SharesConfig {
        Require.fraction("publish", publish);
        Require.fraction("request", request);
        Require.fraction("resume", resume);
        Require.fraction("stream", stream);
        Require.fraction("bulk", bulk);
        double sum = publish + request + resume + stream + bulk;
        if (sum > 1 + ROUNDING) {
            throw new InvalidValue("add up to " + sum + ", must be at most 1 together");
        }
    }

    /// Whether classes are told apart at all.
    public boolean isOn() {
        return !equals(DEFAULT);
    }

    /// The part of a class.
    public double of(RequestClass kind) {
        return switch (kind) {
            case PUBLISH -> publish;
            case REQUEST -> request;
            case RESUME -> resume;
            case STREAM -> stream;
            case BULK -> bulk;
        };
    }
}
