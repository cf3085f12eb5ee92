package io.spillgate.client.pool;

import io.netty.buffer.ByteBuf;

/// The content of a request.
public sealed interface Body {
    /// No content.
    None NONE = new None();

    /// No content.
    record None() implements Body {}

    /// Content that is there, and can be sent again.
    ///
    /// @param bytes read by the pool, never changed; belongs to the request and is released by
    ///   whoever made it, after the request's end
    record Held(ByteBuf bytes) implements Body {}

    /// Content that comes piece by piece.
    ///
    /// @param length bytes in all; -1 when it is not known
    record Streamed(long length) implements Body {}
}
