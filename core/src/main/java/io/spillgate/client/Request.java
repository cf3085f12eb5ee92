package io.spillgate.client;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.client.pool.Body;
import io.spillgate.client.pool.PoolRequest;
import io.spillgate.client.pool.Target;

import java.net.URI;

/// A whole request. Immutable: each method that changes something gives another one.
public final class Request {
    private static final int DEFAULT_ANSWER_BYTES = 1 << 20;
    private static final byte[] NOTHING = {};

    private final String method;
    private final URI url;
    private final Target address;
    private final HttpHeaders headers;
    private final byte[] body;
    private final boolean hasBody;
    private final int maxAnswerBytes;

    private Request(
            String method,
            URI url,
            HttpHeaders headers,
            byte[] body,
            boolean hasBody,
            int maxAnswerBytes) {
        this.method = method;
        this.url = url;
        this.address = Target.of(url);
        this.headers = headers;
        this.body = body;
        this.hasBody = hasBody;
        this.maxAnswerBytes = maxAnswerBytes;
    }

    /// A request without a body.
    ///
    /// @param method an HTTP method in its own spelling, usually in capitals
    /// @param url `http` or `https`, absolute; a fragment is not sent
    /// @throws IllegalArgumentException when the method is not a token, or the URL has no host, or
    ///   another scheme, or a user's name
    public static Request of(String method, URI url) {
        if (!method.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
            throw new IllegalArgumentException("\"" + method + "\" is not a method");
        }
        if (url.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "a URL with a user's name is not sent; use the header Authorization");
        }
        URI ascii = URI.create(url.toASCIIString());
        return new Request(
                method, ascii, new DefaultHttpHeaders(), NOTHING, false, DEFAULT_ANSWER_BYTES);
    }

    /// A GET.
    ///
    /// @throws IllegalArgumentException as [#of]
    public static Request get(URI url) {
        return of("GET", url);
    }

    /// A POST of these bytes.
    ///
    /// @param body not copied; must not change until the answer is there
    /// @throws IllegalArgumentException as [#of]
    public static Request post(URI url, byte[] body) {
        return of("POST", url).body(body);
    }

    /// With one more header.
    ///
    /// @param name anything but Content-Length and Transfer-Encoding, which follow from the body;
    ///   `Host` replaces the one of the URL
    /// @throws IllegalArgumentException when the name or the value cannot stand in a request
    public Request header(String name, String value) {
        if (HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)
                || HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name)) {
            throw new IllegalArgumentException(name + " follows from the body");
        }
        HttpHeaders more = copy(headers);
        if (HttpHeaderNames.HOST.contentEqualsIgnoreCase(name)) {
            more.set(name, value);
        } else {
            more.add(name, value);
        }
        return new Request(method, url, more, body, hasBody, maxAnswerBytes);
    }

    /// With this body; an empty one is sent as `Content-Length: 0`.
    ///
    /// @param bytes not copied; must not change until the answer is there
    public Request body(byte[] bytes) {
        return new Request(method, url, headers, bytes, true, maxAnswerBytes);
    }

    /// With another bound for the answer's body; 1 MiB when it is not set. A longer one fails with
    /// [io.spillgate.client.pool.PoolFailure#TOO_LARGE].
    public Request maxAnswerBytes(int bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException(bytes + " bytes, must not be negative");
        }
        return new Request(method, url, headers, body, hasBody, bytes);
    }

    int maxAnswerBytes() {
        return maxAnswerBytes;
    }

    /// Whose pool it goes through, unless another one is named.
    Target address() {
        return address;
    }

    /// As the pool takes it.
    PoolRequest request() {
        HttpHeaders sent = copy(headers);
        if (!sent.contains(HttpHeaderNames.HOST)) {
            sent.set(HttpHeaderNames.HOST, address.authority());
        }
        // An array of ours needs no release.
        Body content = hasBody ? new Body.Held(Unpooled.wrappedBuffer(body)) : Body.NONE;
        return new PoolRequest(method, target(url), sent, content);
    }

    /// The path and query in origin form (RFC 9112 section 3.2.1).
    static String target(URI url) {
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
    }

    /// A copy that checks what is added to it; Netty's own copy accepts any value.
    static HttpHeaders copy(HttpHeaders headers) {
        return new DefaultHttpHeaders().set(headers);
    }
}
