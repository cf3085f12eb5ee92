package io.spillgate.client.pool;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;

/// Who gets the answer of a [Call]. Everything is called on the loop that the call was made for,
/// and nothing after [#end], [#failed], [#broken] or [Call#cancel].
///
/// ```
///   writable(true)…  interim*  head  (content* flush)*  end
///                 └────────┴─────┴──────────────┴──▶ failed
/// ```
public interface Receiver {
    /// Only for a streamed body and for an upgrade: the request has a connection and may be written
    /// to (true), or the connection has enough (false). Comes first with true; pieces of the body
    /// may be written from then on.
    void writable(boolean writable);

    /// An interim answer other than 101, as 103; 100 only for [PoolRequest#expectsContinue].
    void interim(int status, HttpHeaders headers);

    /// The head of the final answer, or of 101.
    ///
    /// @param headers as they came, hop-by-hop fields included
    void head(int status, String reason, HttpHeaders headers);

    /// A piece of the content; the caller releases it. After 101, raw bytes.
    void content(ByteBuf piece);

    /// All pieces of one read were told: they are to be passed on now, and need not be before.
    default void flush() {}

    /// The answer is complete; after 101, the backend has closed.
    ///
    /// @param trailers may be empty
    /// @param requestSent whether the request was sent whole; if not, its rest is not wanted any
    ///   more
    void end(HttpHeaders trailers, boolean requestSent);

    /// Something that was called here threw; the call is over by that.
    default void broken(Throwable cause) {
        failed(new Failure(PoolFailure.RESET, "whoever got the answer failed: " + cause));
    }

    /// There is no answer, or not a whole one.
    void failed(Failure failure);
}
