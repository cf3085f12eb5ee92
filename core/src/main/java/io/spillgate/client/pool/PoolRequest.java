package io.spillgate.client.pool;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

import org.jspecify.annotations.Nullable;

/// A request for a pool.
///
/// @param method an HTTP method (RFC 9110 section 9)
/// @param target in origin form, as it goes out (RFC 9112 section 3.2.1)
/// @param headers as they go out, with Host; the pool adds the framing of the body (Content-Length,
///   Transfer-Encoding), User-Agent where there is none, and Connection and Upgrade for `upgrade`
/// @param body the content
/// @param upgrade the protocol to change to (RFC 9110 section 7.8), null = none; after an answer
///   101 both sides are raw bytes
/// @param streaming whether the answer may take as long as it likes after its head
/// @param wish which of the pool's addresses it is to go to; null = whichever has the least to do
public record PoolRequest(
        String method,
        String target,
        HttpHeaders headers,
        Body body,
        @Nullable String upgrade,
        boolean streaming,
        @Nullable Wish wish) {

    public PoolRequest {
        if (!isVisible(method) || !isVisible(target)) {
            throw new IllegalArgumentException("not a request line: " + method + " " + target);
        }
    }

    /// A request without a wish.
    public PoolRequest(
            String method,
            String target,
            HttpHeaders headers,
            Body body,
            @Nullable String upgrade,
            boolean streaming) {
        this(method, target, headers, body, upgrade, streaming, null);
    }

    /// A request without an upgrade.
    public PoolRequest(String method, String target, HttpHeaders headers, Body body) {
        this(method, target, headers, body, null, false);
    }

    /// Whether the backend is asked before a body is sent (RFC 9110 section 10.1.1): its 100 is
    /// told as [Receiver#interim], and whoever sends the body decides how long to wait for it.
    public boolean expectsContinue() {
        return !(body instanceof Body.None) && headers.contains(HttpHeaderNames.EXPECT);
    }

    /// Whether nothing in it could end the word, or the line.
    private static boolean isVisible(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) <= ' ' || word.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return !word.isEmpty();
    }
}
