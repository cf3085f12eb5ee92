package io.spillgate.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;

/// What is done with a request: gets what comes of it, and hears what becomes of its answer. Called
/// on the connection's loop. One of the first five is called once, before anything else.
public interface StreamHandler {
    /// The head is sound: to be answered.
    void serve();

    /// The head is not: to be told so.
    void refuseHead(Refusal refusal);

    /// There is no place for the connection: to be told so.
    void atCapacity();

    /// The head, or the content, did not come in time: to be told so, or cut.
    ///
    /// @param keys of the configuration that say what the time is
    void timedOut(String keys);

    /// Memory for unfinished requests is used up, and this one is the oldest.
    ///
    /// @return whether it was told so; else the connection is cut
    boolean shed();

    /// A piece of the content, or raw bytes after an upgrade.
    ///
    /// @param piece released by the caller
    void content(ByteBuf piece);

    /// The content is complete.
    ///
    /// @param trailers the fields behind it, mostly none
    void end(HttpHeaders trailers);

    /// The content is malformed.
    void malformedContent();

    /// A read is over: what is still held of the content is not to stay in that read's buffer.
    ///
    /// @return bytes that are held
    int settle();

    /// The client takes bytes again, after a time in which too many waited for it.
    void writable();

    /// Looks at the clock, at least once a second.
    void visit(long nowNanos);

    /// Whether the content may go on for ever.
    boolean isEndless();

    /// The answer has begun.
    void begun(int status, HttpHeaders fields);

    /// The last bytes of the answer are about to be written.
    void ending();

    /// The last bytes of the answer were written.
    ///
    /// @param ends whether the connection ends with it, so that nothing more comes
    void answered(boolean ends);

    /// The answer has left for good; called before or after [#answered].
    void left();

    /// Whether nothing is held for the request any more that a next one could wait for.
    boolean isReleased();

    /// The connection is gone, or is about to: nothing more can be answered.
    void gone();
}
