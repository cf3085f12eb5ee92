package io.spillgate.it.proxy;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Wire;

/// The content of an answer while it comes, whatever its framing.
public final class Content {
    private final Wire wire;
    private final boolean chunked;
    private int leftInChunk;

    private Content(Wire wire, boolean chunked) {
        this.wire = wire;
        this.chunked = chunked;
    }

    /// The content after a head that was read already.
    public static Content of(Wire wire, Answer head) {
        return new Content(wire, head.header("Transfer-Encoding") != null);
    }

    /// Exactly this many bytes of it.
    public String take(int count) {
        StringBuilder text = new StringBuilder(count);
        while (text.length() < count) {
            text.append(next());
        }
        return text.toString();
    }

    /// All of it, if its length is known or it is chunked.
    public static String whole(Wire wire, Answer head) {
        String length = head.header("Content-Length");
        if (length != null) {
            return wire.take(Integer.parseInt(length));
        }
        StringBuilder text = new StringBuilder();
        for (int size = size(wire); size > 0; size = size(wire)) {
            text.append(wire.take(size));
            wire.expect("\r\n");
        }
        for (String trailer = wire.line(); !trailer.isEmpty(); trailer = wire.line()) {
            text.append("[trailer ").append(trailer).append(']');
        }
        return text.toString();
    }

    /// Requires that it is over: that the last chunk comes, without trailers.
    public void expectEnd() {
        if (!chunked || leftInChunk > 0) {
            throw new AssertionError("no chunked content, or it goes on");
        }
        wire.expect("0\r\n\r\n");
    }

    /// Everything until the connection is gone, by FIN or reset.
    public static String untilGone(Wire wire) {
        StringBuilder text = new StringBuilder();
        try {
            for (int b = wire.read(); b >= 0; b = wire.read()) {
                text.append((char) b);
            }
        } catch (AssertionError e) {
            if (!String.valueOf(e.getMessage()).contains("reset")) {
                throw e;
            }
        }
        return text.toString();
    }

    private char next() {
        if (!chunked) {
            return wire.take(1).charAt(0);
        }
        if (leftInChunk == 0) {
            leftInChunk = size(wire);
            if (leftInChunk == 0) {
                throw new AssertionError("the content has ended");
            }
        }
        char b = wire.take(1).charAt(0);
        leftInChunk--;
        if (leftInChunk == 0) {
            wire.expect("\r\n");
        }
        return b;
    }

    private static int size(Wire wire) {
        return Integer.parseInt(wire.line(), 16);
    }
}
