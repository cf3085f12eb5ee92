package io.spillgate.limits;

import io.spillgate.config.HostPort;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// What one proxy says in Forwarded (RFC 7239 section 4): for whom it asked, and how it was asked.
/// Immutable.
///
/// An element of which any part is malformed says nothing at all. So a quotation mark that a client
/// leaves open, and that swallows what the proxy behind it wrote, makes nobody of the client.
///
/// @param text as it was written; empty when it is malformed
/// @param hop the address in `for`; null when there is none, as in `unknown` and `_hidden`
/// @param proto the scheme in `proto`, in lower case; null when there is none
/// @param host what `host` says; null when it is none that can stand in Host
record ForwardedElement(
        String text, @Nullable ClientAddress hop, @Nullable String proto, @Nullable String host) {
    private static final ForwardedElement MALFORMED = new ForwardedElement("", null, null, null);
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /// More than a token: many write addresses, ports and schemes without quotation marks.
    private static final Pattern BARE = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z:/\\[\\]-]+");

    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*");

    /// The elements of all lines, from left to right.
    static List<ForwardedElement> all(List<String> lines) {
        List<ForwardedElement> elements = new ArrayList<>();
        for (String line : lines) {
            new Reader(line).addTo(elements);
        }
        return elements;
    }

    private static ForwardedElement of(String text, Map<String, String> pairs) {
        String node = pairs.get("for");
        String proto = pairs.get("proto");
        String host = pairs.get("host");
        return new ForwardedElement(
                text,
                node == null ? null : ClientAddress.parse(node),
                proto != null && SCHEME.matcher(proto).matches()
                        ? proto.toLowerCase(Locale.ROOT)
                        : null,
                host != null && HostPort.parseAuthority(host) != null ? host : null);
    }

    /// Reads one line.
    private static final class Reader {
        private final String line;
        private int at;

        Reader(String line) {
            this.line = line;
        }

        void addTo(List<ForwardedElement> elements) {
            while (at < line.length()) {
                int start = at;
                Map<String, String> pairs = new HashMap<>();
                boolean sound = element(pairs);
                String text = line.substring(start, at).strip();
                if (!sound) {
                    elements.add(MALFORMED);
                } else if (!pairs.isEmpty()) {
                    elements.add(of(text, pairs));
                }
                at++;
            }
        }

        /// Reads `name=value;name=value` up to a comma or the end; false when it is malformed.
        private boolean element(Map<String, String> pairs) {
            boolean sound = true;
            at--;
            do {
                at++;
                sound &= pair(pairs);
            } while (at < line.length() && line.charAt(at) == ';');
            return sound;
        }

        /// Reads one pair, or nothing; false when it is neither.
        private boolean pair(Map<String, String> pairs) {
            String name = until("=;,").strip().toLowerCase(Locale.ROOT);
            if (at == line.length() || line.charAt(at) != '=') {
                return name.isEmpty();
            }
            at++;
            boolean quoted = at < line.length() && line.charAt(at) == '"';
            String value = quoted ? quoted() : until(";,").strip();
            boolean sound =
                    value != null
                            && (quoted || BARE.matcher(value).matches())
                            && TOKEN.matcher(name).matches();
            return sound && pairs.put(name, value) == null;
        }

        /// Reads a quoted string, and what stands between it and the next separator; null when that
        /// is not nothing, or the string has no end.
        private @Nullable String quoted() {
            StringBuilder text = new StringBuilder();
            at++;
            while (at < line.length() && line.charAt(at) != '"') {
                at += line.charAt(at) == '\\' && at + 1 < line.length() ? 1 : 0;
                text.append(line.charAt(at));
                at++;
            }
            if (at == line.length()) {
                return null;
            }
            at++;
            return until(";,").isBlank() ? text.toString() : null;
        }

        private String until(String separators) {
            int from = at;
            while (at < line.length() && separators.indexOf(line.charAt(at)) < 0) {
                at++;
            }
            return line.substring(from, at);
        }
    }
}
