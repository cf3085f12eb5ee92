package io.spillgate.http;

/// Where the bytes of an event stream go. Called on the stream's loop.
public interface EventStreamPlace {
    /// Bytes to be sent before the stream's first ones.
    byte[] head();

    /// What the stream's bytes need around them.
    BodyFraming framing();

    /// The way for the bytes of the stream, which has one.
    Outlet outlet(ByteSource source);

    /// Has something done when the stream is over, however that comes.
    void whenOver(Runnable done);
}
