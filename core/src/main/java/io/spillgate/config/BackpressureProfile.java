package io.spillgate.config;

/// What admission aims at when more is asked than can be done.
public enum BackpressureProfile {
    /// Who came first is served first, and the limit moves in small steps: the rule and the queue
    /// of react-server.
    FAIR,
    /// Who is served at all is served soon: the limit follows from Little's law, and a queue that
    /// stands is served from its end.
    LATENCY
}
