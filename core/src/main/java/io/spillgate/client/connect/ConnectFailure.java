package io.spillgate.client.connect;

import io.spillgate.metrics.PoolFailure;

import java.io.IOException;

/// A connection that did not come about.
public final class ConnectFailure extends IOException {
    private static final long serialVersionUID = 1L;

    private final PoolFailure reason;

    /// @param reason CONNECT_REFUSED, CONNECT_TIMEOUT, TLS or PROXY
    /// @param message one sentence with the address
    public ConnectFailure(PoolFailure reason, String message) {
        super(message);
        this.reason = reason;
    }

    /// What it is counted under.
    public PoolFailure reason() {
        return reason;
    }
}
