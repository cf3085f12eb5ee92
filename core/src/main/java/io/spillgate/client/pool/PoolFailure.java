package io.spillgate.client.pool;

/// Why a pool did not bring an answer, or not a whole one; the values of
/// `pool_failures_total{cause}`.
public enum PoolFailure {
    /// As many requests wait as may (503).
    QUEUE_FULL(503),
    /// As many requests are open as may (503).
    OPEN_REQUESTS(503),
    /// The answer is an event stream or a tunnel, of which as many are open as may (503).
    STREAMS(503),
    /// No connection became free in time (503).
    QUEUE_TIMEOUT(503),
    /// The pool was closed (503).
    CLOSED(503),
    /// Every address failed a short while ago and is left alone for a while (502).
    BACKOFF(502),
    /// The name has no address (502).
    RESOLVE(502),
    /// Nobody listens at any address, or the network refuses (502).
    CONNECT_REFUSED(502),
    /// No address answered in time (504).
    CONNECT_TIMEOUT(504),
    /// The TLS handshake failed (502).
    TLS(502),
    /// The HTTPS proxy did not make the tunnel (502).
    PROXY(502),
    /// The connection ended without one byte of an answer, and the request may not be repeated
    /// (502).
    RESET(502),
    /// The answer took too long (504).
    TIMEOUT(504),
    /// The connection was silent for too long (504).
    IDLE(504),
    /// The answer is not sound HTTP (502).
    PROTOCOL(502),
    /// The answer ended before its end (502).
    TRUNCATED(502),
    /// The answer is longer than allowed (502).
    TOO_LARGE(502),
    /// The answer's reader did not begin to take it (502).
    NOT_READ(502);

    private final int status;

    PoolFailure(int status) {
        this.status = status;
    }

    /// The status of a gateway's answer, as long as nothing of the backend's was passed on.
    public int status() {
        return status;
    }
}
