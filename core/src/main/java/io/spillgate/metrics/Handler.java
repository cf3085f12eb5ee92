package io.spillgate.metrics;

/// Who answered a request; the values of `requests_total{handler}`.
public enum Handler {
    /// Nobody: the request was refused before a route was chosen.
    NONE(400),
    /// The health and ready paths.
    HEALTH(200),
    /// The answer to a CORS preflight.
    PREFLIGHT(204),
    /// The head of an event stream.
    SUBSCRIBE(200),
    /// The hub's intake.
    PUBLISH(200),
    /// A fixed reply, the demo page included.
    REPLY(200),
    /// The admin listener, but for publish and health.
    ADMIN(200),
    /// A backend, or the gateway for it.
    PROXY(200);

    private final int usualStatus;

    Handler(int usualStatus) {
        this.usualStatus = usualStatus;
    }

    /// The status whose row is there from the start.
    int usualStatus() {
        return usualStatus;
    }
}
