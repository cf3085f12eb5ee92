package io.spillgate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;

/// The client of a forwarded request, as a [Forwarder] sees it. Confined to the client's loop.
///
/// ```
///   read…  interim*  answer  (send* flush)*  complete
///      │               └──────────┴──▶ cut
///      ├──▶ failed
///      └──▶ upgraded  (send* flush)*  complete or cut
/// ```
///
/// Nothing follows `complete`, `cut` and `failed`, nor `broken`, which may come at any time.
public interface Downstream {
    /// Whether the client takes what it gets; while it does not, little more should be written.
    boolean isWritable();

    /// The backend takes what the client sends (true), or has enough of it (false).
    void read(boolean more);

    /// An interim answer.
    void interim(int status, HttpHeaders headers);

    /// The head of the answer.
    ///
    /// @param headers what the client gets of the backend's; a Content-Length is what it says
    void answer(int status, String reason, HttpHeaders headers);

    /// The connection changes its protocol, and content is raw bytes from here on.
    ///
    /// @param headers as for an answer, without Connection and Upgrade
    void upgraded(HttpHeaders headers);

    /// A piece of the answer's content.
    ///
    /// @param piece released here
    void send(ByteBuf piece);

    /// Sends what was written.
    void flush();

    /// The answer is complete; after an upgrade, the backend has closed.
    ///
    /// @param trailers what the client gets behind the content, mostly nothing
    void complete(HttpHeaders trailers);

    /// The answer will never be complete, and must not look as if it were.
    void cut();

    /// Something failed on the way to the client; there is nothing more to be said.
    void broken(Throwable cause);

    /// There is no answer but this one.
    ///
    /// @param cause the name of the cause, as metrics have it
    /// @param text one line for the client
    void failed(int status, String cause, String text);
}
