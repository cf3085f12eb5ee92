package io.spillgate.http;

/// What the bytes of a body need around them on their connection.
public enum BodyFraming {
    /// Each piece is a chunk (RFC 9112 section 7.1).
    CHUNKS,
    /// Nothing: the connection's end is the body's, or the stream frames by itself.
    NOTHING
}
