package io.spillgate.client.connect;

import java.io.IOException;

/// A connection that did not come about.
public final class ConnectFailure extends IOException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /// @param message one sentence with the address
    public ConnectFailure(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /// The kind.
    public Reason reason() {
        return reason;
    }

    /// The kinds of failures.
    public enum Reason {
        /// Nobody listens at the address, or the network refuses.
        REFUSED,
        /// There was no connection in time.
        TIMED_OUT,
        /// The TLS handshake failed.
        TLS,
        /// The HTTPS proxy did not make the tunnel.
        PROXY
    }
}
