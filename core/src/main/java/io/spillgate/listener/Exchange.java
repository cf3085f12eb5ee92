package io.spillgate.listener;

import io.netty.buffer.ByteBuf;

/// A request whose body is being received, or whose answer is awaited. Confined to the connection's
/// loop.
interface Exchange {
    /// A piece of the body; the caller releases it.
    void content(ByteBuf piece);

    /// The body is complete.
    void end();

    /// The client is gone; nothing is answered any more.
    void abandon();

    /// Whether the body may go on for ever.
    boolean isEndless();

    /// Whether it is we who do not read the body at the moment.
    default boolean isPaused() {
        return false;
    }

    /// Looks at the clock, at least once a second.
    void visit(long nowNanos);
}
