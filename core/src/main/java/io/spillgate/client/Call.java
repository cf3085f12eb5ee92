package io.spillgate.client;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;

/// A request on its way through a pool, in the hands of who made it. Everything here is called on
/// the loop that the call was made for.
@SuppressWarnings("DoNotCallSuggester")
public final class Call {
    /// Sends a piece of a streamed body, after [Receiver#writable] was told; after 101, raw bytes.
    ///
    /// @param piece released by the pool
    public void write(ByteBuf piece) {
        throw new UnsupportedOperationException();
    }

    /// The streamed body is complete; after 101, nothing more is sent to the backend.
    ///
    /// @param trailers sent if the length was not known
    public void end(HttpHeaders trailers) {
        throw new UnsupportedOperationException();
    }

    /// Pauses or continues the answer's content; up to 64 KiB may still come after a pause.
    public void read(boolean more) {
        throw new UnsupportedOperationException();
    }

    /// The answer is not wanted any more: a waiting request is never sent, a running one is cut.
    /// The receiver hears nothing more.
    public void cancel() {
        throw new UnsupportedOperationException();
    }
}
