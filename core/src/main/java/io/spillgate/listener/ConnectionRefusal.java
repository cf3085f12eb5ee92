package io.spillgate.listener;

/// Why a client connection was not held; the values of `connections_rejected_total{reason}`.
public enum ConnectionRefusal {
    /// `http.max_connections` are held already.
    CAP
}
