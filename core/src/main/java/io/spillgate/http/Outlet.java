package io.spillgate.http;

/// The way of a source's bytes to the client of an event stream. Called on the stream's loop.
public interface Outlet {
    /// Has the source asked for bytes, now or when the client can take some again.
    void flush();

    /// Whether the source will be asked without another [#flush].
    boolean isPending();

    /// Ends the stream after the last bytes, which were taken. Comes into effect in a later turn of
    /// the loop: the source may be in the middle of [ByteSource#writeTo].
    void end();

    /// Cuts the stream at once.
    void cut();

    /// Cuts the stream because something of ours has failed.
    void broken(Throwable cause);
}
