package io.spillgate.proxy;

import io.netty.handler.codec.http.HttpHeaders;

/// What the client of a forwarded request is told by somebody else, and the fields that every
/// answer gets. Called on the client's loop.
public interface Replies {
    /// Fields of the CORS policy.
    HttpHeaders policy();

    /// Whether the backend says what pages of other origins may do; else what it says is taken out.
    boolean isCorsOfBackend();

    /// Most bytes of the request's body.
    long maxBodyBytes();

    /// The body is longer.
    void bodyTooLong();

    /// There is no answer but this one.
    ///
    /// @param text one line for the client
    void failed(int status, String text);
}
