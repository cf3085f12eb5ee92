package io.spillgate.client.connect;

import io.netty.buffer.ByteBuf;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The head of a proxy's answer to CONNECT (RFC 9110 section 9.3.6) as it arrives, read strictly.
final class ProxyAnswer {
    /// The longest head, interim answers included.
    static final int MAX_BYTES = 8 * 1024;

    private static final Pattern STATUS =
            Pattern.compile("HTTP/1\\.[01] ([1-9][0-9][0-9])(?: ([\\t\\x20-\\x7e\\x80-\\xff]*))?");
    private static final Pattern FIELD =
            Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\\t\\x20-\\x7e\\x80-\\xff]*");
    private static final int LONGEST_REASON = 80;

    private final StringBuilder text = new StringBuilder();
    private int taken;

    private int status;
    private String reason = "";
    private @Nullable String problem;

    /// Takes what has arrived.
    ///
    /// @return whether the answer is complete, or broken
    boolean take(ByteBuf bytes) {
        taken += bytes.readableBytes();
        text.append(bytes.readCharSequence(bytes.readableBytes(), StandardCharsets.ISO_8859_1));
        do {
            status = 0;
        } while (takeHead() && isInterim());
        if (status == 0 && problem == null && taken >= MAX_BYTES) {
            problem = "its head is longer than " + MAX_BYTES + " bytes";
        }
        return status > 0 || problem != null;
    }

    /// What is wrong with it, in words that follow the proxy's name; null = there is a tunnel.
    @Nullable String refusal() {
        if (problem != null) {
            return "answered CONNECT with something else than HTTP: " + problem;
        }
        if (status < 200 || status > 299) {
            return "refused the tunnel: " + status + (reason.isEmpty() ? "" : " " + reason);
        }
        return text.isEmpty() ? null : "sent more than the head of its answer";
    }

    /// Takes one head out of the text.
    private boolean takeHead() {
        int end = text.indexOf("\r\n\r\n");
        if (bareLineFeed(end < 0 ? text.length() : end)) {
            problem = "a line does not end with CRLF";
            return false;
        }
        if (end < 0) {
            return false;
        }
        String[] lines = text.substring(0, end).split("\r\n", -1);
        text.delete(0, end + 4);
        Matcher first = STATUS.matcher(lines[0]);
        if (!first.matches()) {
            problem = "its first line is no status line";
            return false;
        }
        for (int i = 1; i < lines.length; i++) {
            if (!FIELD.matcher(lines[i]).matches()) {
                problem = "line " + (i + 1) + " is no header field";
                return false;
            }
        }
        status = Integer.parseInt(first.group(1));
        String words = first.group(2) == null ? "" : first.group(2).strip();
        reason = words.substring(0, Math.min(words.length(), LONGEST_REASON));
        return true;
    }

    private boolean isInterim() {
        return status < 200 && status != 101;
    }

    private boolean bareLineFeed(int end) {
        for (int i = 0; i < end; i++) {
            if (text.charAt(i) == '\n' && (i == 0 || text.charAt(i - 1) != '\r')) {
                return true;
            }
        }
        return false;
    }
}
