package io.spillgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;

/// A request whose body is being received, or whose answer is awaited. Called on the connection's
/// loop.
public interface Exchange {
    /// A piece of the body; the caller releases it.
    void content(ByteBuf piece);

    /// The body is complete.
    ///
    /// @param trailers the fields behind it, mostly none
    void end(HttpHeaders trailers);

    /// The client is gone; nothing is answered any more.
    void abandon();

    /// Called when a read is over: what is still held of the body is not to stay in that read's
    /// buffer.
    ///
    /// @return bytes that are held
    default int settle() {
        return 0;
    }

    /// Whether the body may go on for ever.
    default boolean isEndless() {
        return false;
    }

    /// The client takes bytes again, after a time in which too many waited for it.
    default void writable() {}

    /// Looks at the clock, at least once a second.
    default void visit(long nowNanos) {}
}
