package io.spillgate.local;

/// What ends with the gateway. Any thread.
interface Unfinished {
    /// The gateway is closed.
    void shutDown();
}
