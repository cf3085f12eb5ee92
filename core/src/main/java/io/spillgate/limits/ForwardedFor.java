package io.spillgate.limits;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Reads the `for` parameters out of Forwarded (RFC 7239 section 4), one for each element.
final class ForwardedFor {
    /// Stands for an element without a `for` that can be read; no address.
    private static final String UNREADABLE = "";

    private final String line;
    private final List<String> hops;
    private int at;
    private boolean named;

    private ForwardedFor(String line, List<String> hops) {
        this.line = line;
        this.hops = hops;
    }

    /// One entry for each element of all lines, from left to right; null when no element names a
    /// `for`.
    static @Nullable List<String> hops(List<String> lines) {
        if (lines.isEmpty()) {
            return null;
        }
        List<String> hops = new ArrayList<>();
        boolean named = false;
        for (String line : lines) {
            ForwardedFor reader = new ForwardedFor(line, hops);
            reader.elements();
            named |= reader.named;
        }
        return named ? hops : null;
    }

    private void elements() {
        while (at < line.length()) {
            element();
            at++;
        }
    }

    /// Reads `name=value;name=value` up to a comma or the end.
    private void element() {
        String hop = null;
        boolean any = false;
        do {
            at += at < line.length() && line.charAt(at) == ';' ? 1 : 0;
            int start = at;
            String name = until("=;,").strip();
            String value = at < line.length() && line.charAt(at) == '=' ? value() : null;
            any |= start < at && !line.substring(start, at).isBlank();
            if (name.equalsIgnoreCase("for")) {
                named = true;
                hop = hop == null && value != null ? value : UNREADABLE;
            }
        } while (at < line.length() && line.charAt(at) == ';');
        if (any) {
            hops.add(hop == null ? UNREADABLE : hop);
        }
    }

    private String value() {
        at++;
        if (at < line.length() && line.charAt(at) == '"') {
            return quoted();
        }
        return until(";,").strip();
    }

    /// Reads a quoted string; what stands between it and the next separator makes it unreadable.
    private String quoted() {
        StringBuilder text = new StringBuilder();
        at++;
        while (at < line.length() && line.charAt(at) != '"') {
            at += line.charAt(at) == '\\' && at + 1 < line.length() ? 1 : 0;
            text.append(line.charAt(at));
            at++;
        }
        if (at == line.length()) {
            return UNREADABLE;
        }
        at++;
        return until(";,").isBlank() ? text.toString() : UNREADABLE;
    }

    private String until(String separators) {
        int from = at;
        while (at < line.length() && separators.indexOf(line.charAt(at)) < 0) {
            at++;
        }
        return line.substring(from, at);
    }
}
