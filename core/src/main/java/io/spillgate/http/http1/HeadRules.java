package io.spillgate.http.http1;

import io.netty.buffer.ByteBuf;
import io.spillgate.http.Refusal;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;

/// The rules that need whole fields of a head: framing, Host, the form of the target, expectations.
///
/// [HeadScanner] tells the parts as it passes them and asks for the verdict at the end. Fields are
/// noted as offsets from the beginning of the head or judged at once; nothing is copied. Framing
/// faults come first, so that a head that might smuggle is never answered with anything else.
/// Source: RFC 9112 sections 3.2 and 6, RFC 9110 sections 7.2 and 10.1.1.
final class HeadRules {
    private static final String CHUNKED = "chunked";

    private boolean head;
    private boolean connect;
    private boolean options;
    private boolean http10;
    private int targetStart;
    private int targetEnd;
    private int hosts;
    private int hostStart;
    private int hostEnd;
    private int originStart;
    private int originEnd;
    private int lengths;
    private boolean lengthMalformed;
    private boolean encoded;
    private boolean encodedChunked;
    private boolean encodedOtherwise;
    private boolean encodingMalformed;
    private boolean expectsOther;
    private boolean hixieKey;

    /// The path and query of a target that passed: what an absolute-form (`http://host/path`)
    /// names, the target itself otherwise.
    static String originForm(String target) {
        int authority = target.indexOf("://") + 3;
        if (target.startsWith("/") || authority < 3) {
            return target;
        }
        int path = authority;
        while (path < target.length() && target.charAt(path) != '/' && target.charAt(path) != '?') {
            path++;
        }
        String rest = target.substring(path);
        return rest.startsWith("/") ? rest : "/" + rest;
    }

    /// The method, at these indices of the buffer.
    void method(ByteBuf in, int from, int to) {
        head = is(in, from, to, "HEAD");
        connect = is(in, from, to, "CONNECT");
        options = is(in, from, to, "OPTIONS");
    }

    /// The request target, at these offsets.
    void target(int from, int to) {
        targetStart = from;
        targetEnd = to;
    }

    /// Whether the version is 1.0; any later minor version counts as 1.1.
    void version(boolean isHttp10) {
        http10 = isHttp10;
    }

    /// One header line without CRLF, at these offsets from `base`.
    void field(ByteBuf in, int base, int nameStart, int colon, int lineEnd) {
        int valueStart = colon + 1;
        int valueEnd = lineEnd;
        while (valueStart < valueEnd && HeadBytes.isBlank(in.getByte(base + valueStart))) {
            valueStart++;
        }
        while (valueEnd > valueStart && HeadBytes.isBlank(in.getByte(base + valueEnd - 1))) {
            valueEnd--;
        }
        int name = base + nameStart;
        int nameEnd = base + colon;
        switch (colon - nameStart) {
            case 4 -> {
                if (isIgnoringCase(in, name, nameEnd, "host")) {
                    hosts++;
                    hostStart = valueStart;
                    hostEnd = valueEnd;
                }
            }
            case 6 -> {
                if (isIgnoringCase(in, name, nameEnd, "expect")) {
                    expectsOther |=
                            !isIgnoringCase(in, base + valueStart, base + valueEnd, "100-continue");
                } else if (isIgnoringCase(in, name, nameEnd, "origin")) {
                    originStart = valueStart;
                    originEnd = valueEnd;
                }
            }
            case 14 -> {
                if (isIgnoringCase(in, name, nameEnd, "content-length")) {
                    lengths++;
                    lengthMalformed |= !isLength(in, base + valueStart, base + valueEnd);
                }
            }
            case 17 -> {
                if (isIgnoringCase(in, name, nameEnd, "transfer-encoding")) {
                    transferEncoding(in, base + valueStart, base + valueEnd);
                }
            }
            case 18 -> hixieKey |= isIgnoringCase(in, name, nameEnd, "sec-websocket-key1");
            default -> {
                // No rule is about this field.
            }
        }
    }

    /// What the parts amount to; null when nothing is wrong with them.
    @Nullable Refusal verdict(ByteBuf in, int base) {
        String fault = framingFault();
        if (fault == null) {
            fault = hostFault(in, base);
        }
        if (fault == null && !connect) {
            fault = targetFault(in, base);
        }
        if (fault != null) {
            return Refusal.badRequest(fault);
        }
        if (connect) {
            return Refusal.methodNotAllowed("CONNECT is not served here");
        }
        if (encodedOtherwise) {
            return Refusal.notImplemented("The only transfer coding served is chunked");
        }
        return expectsOther
                ? Refusal.expectationFailed("The only expectation met is 100-continue")
                : null;
    }

    boolean isHead() {
        return head;
    }

    /// The value of the last Origin line, null when there was none.
    @Nullable String origin(ByteBuf in, int base) {
        return originEnd == 0
                ? null
                : in.toString(
                        base + originStart, originEnd - originStart, StandardCharsets.ISO_8859_1);
    }

    void reset() {
        head = false;
        connect = false;
        options = false;
        http10 = false;
        targetStart = 0;
        targetEnd = 0;
        hosts = 0;
        hostStart = 0;
        hostEnd = 0;
        originStart = 0;
        originEnd = 0;
        lengths = 0;
        lengthMalformed = false;
        encoded = false;
        encodedChunked = false;
        encodedOtherwise = false;
        encodingMalformed = false;
        expectsOther = false;
        hixieKey = false;
    }

    private void transferEncoding(ByteBuf in, int from, int to) {
        encoded = true;
        int at = from;
        while (at <= to) {
            int comma = at;
            while (comma < to && in.getByte(comma) != ',') {
                comma++;
            }
            coding(in, at, comma);
            at = comma + 1;
        }
    }

    private void coding(ByteBuf in, int from, int to) {
        int start = from;
        int end = to;
        while (start < end && HeadBytes.isBlank(in.getByte(start))) {
            start++;
        }
        while (end > start && HeadBytes.isBlank(in.getByte(end - 1))) {
            end--;
        }
        encodingMalformed |= start == end || encodedChunked;
        boolean chunked = isIgnoringCase(in, start, end, CHUNKED);
        encodedChunked |= chunked;
        encodedOtherwise |= !chunked;
    }

    private @Nullable String framingFault() {
        if (encoded && lengths > 0) {
            return "Transfer-Encoding and Content-Length in one request";
        }
        if (encoded && http10) {
            return "Transfer-Encoding in an HTTP/1.0 request";
        }
        if (encodingMalformed) {
            return "Transfer-Encoding has an empty member, or a coding behind chunked";
        }
        if (lengths > 1) {
            return lengths + " Content-Length lines, at most one is allowed";
        }
        if (lengthMalformed) {
            return "Content-Length is not a number of at most 63 bits";
        }
        // Netty's decoder gives such a GET a body of eight bytes that no length announces.
        return hixieKey ? "Sec-WebSocket-Key1 belongs to an obsolete handshake" : null;
    }

    private @Nullable String hostFault(ByteBuf in, int base) {
        if (hosts > 1) {
            return hosts + " Host lines, exactly one is allowed";
        }
        if (hosts == 0) {
            return http10 ? null : "No Host line";
        }
        String fault = Authority.fault(in, base + hostStart, base + hostEnd);
        return fault == null ? null : "Host " + fault;
    }

    private @Nullable String targetFault(ByteBuf in, int base) {
        int from = base + targetStart;
        int to = base + targetEnd;
        byte first = in.getByte(from);
        if (first == '/') {
            return null;
        }
        if (is(in, from, to, "*")) {
            return options ? null : "The target * is for OPTIONS only";
        }
        boolean http = to - from >= 7 && isIgnoringCase(in, from, from + 7, "http://");
        boolean https = to - from >= 8 && isIgnoringCase(in, from, from + 8, "https://");
        if (!http && !https) {
            return "The request target must begin with /, http:// or https://";
        }
        int authority = from + (http ? 7 : 8);
        int end = authority;
        while (end < to && in.getByte(end) != '/' && in.getByte(end) != '?') {
            end++;
        }
        String fault = Authority.fault(in, authority, end);
        if (fault != null) {
            return "The authority of the request target " + fault;
        }
        boolean agree =
                hosts == 0
                        || Authority.agree(
                                in,
                                authority,
                                end,
                                base + hostStart,
                                base + hostEnd,
                                http ? 80 : 443);
        return agree ? null : "The authority of the request target and Host disagree";
    }

    private static boolean isLength(ByteBuf in, int from, int to) {
        long length = 0;
        for (int i = from; i < to; i++) {
            byte b = in.getByte(i);
            if (!HeadBytes.isDigit(b) || length > (Long.MAX_VALUE - (b - '0')) / 10) {
                return false;
            }
            length = length * 10 + (b - '0');
        }
        return to > from;
    }

    private static boolean is(ByteBuf in, int from, int to, String text) {
        if (to - from != text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (in.getByte(from + i) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isIgnoringCase(ByteBuf in, int from, int to, String lower) {
        if (to - from != lower.length()) {
            return false;
        }
        for (int i = 0; i < lower.length(); i++) {
            if (HeadBytes.toLower(in.getByte(from + i)) != lower.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
