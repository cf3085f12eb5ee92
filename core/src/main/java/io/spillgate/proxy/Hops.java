package io.spillgate.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

import java.util.regex.Pattern;

/// How far a TRACE or OPTIONS may go: Max-Forwards (RFC 9110 section 7.6.2). No state, any thread.
public final class Hops {
    private static final Pattern LEFT = Pattern.compile("[1-9][0-9]{0,8}");

    private Hops() {}

    /// Whether a request has come as far as it may, and is to be answered here.
    public static boolean areOver(String method, HttpHeaders received) {
        return isCounted(method) && "0".equals(received.get(HttpHeaderNames.MAX_FORWARDS));
    }

    /// Takes one off in what is sent on.
    static HttpHeaders count(String method, HttpHeaders sent) {
        String left = isCounted(method) ? sent.get(HttpHeaderNames.MAX_FORWARDS) : null;
        if (left != null && LEFT.matcher(left).matches()) {
            sent.set(HttpHeaderNames.MAX_FORWARDS, Integer.toString(Integer.parseInt(left) - 1));
        }
        return sent;
    }

    private static boolean isCounted(String method) {
        return method.equals("TRACE") || method.equals("OPTIONS");
    }
}
