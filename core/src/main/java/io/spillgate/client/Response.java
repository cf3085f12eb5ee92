package io.spillgate.client;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpUtil;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// A whole answer.
public final class Response {
    private final int status;
    private final HttpHeaders headers;
    private final byte[] body;

    Response(int status, HttpHeaders headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /// 200 to 599.
    public int status() {
        return status;
    }

    /// The first value of a header, whatever the case of its name.
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /// All values of a header, in their order.
    public List<String> headers(String name) {
        return headers.getAll(name);
    }

    /// The content, without its framing; the array itself, not a copy.
    public byte[] body() {
        return body;
    }

    /// The content as text, in the charset of Content-Type, else as UTF-8. What is malformed in it
    /// is replaced.
    public String text() {
        String type = headers.get("Content-Type", "");
        return new String(body, HttpUtil.getCharset(type, StandardCharsets.UTF_8));
    }
}
