package io.spillgate.routing;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The one form of a path by which requests are routed, so that no other spelling of it gets past a
/// rule (RFC 3986 section 6.2.2): escapes of unreserved characters undone, other escapes in upper
/// case, dot segments resolved, and slashes that follow each other merged, as nginx does.
///
/// An escaped slash stays data.
final class NormalPath {
    private NormalPath() {}

    /// The form of a path; the same instance when it has it already, null when it leads above the
    /// root.
    ///
    /// @param path begins with a slash, or is `*`
    static @Nullable String of(String path) {
        return isNormal(path) ? path : resolved(unescaped(path));
    }

    private static boolean isNormal(String path) {
        return path.indexOf('%') < 0 && !path.contains("//") && !path.contains("/.");
    }

    private static String unescaped(String path) {
        int escape = path.indexOf('%');
        if (escape < 0) {
            return path;
        }
        StringBuilder text = new StringBuilder(path.length());
        int at = 0;
        while (escape >= 0) {
            text.append(path, at, escape);
            int value = RequestTarget.escaped(path, escape);
            if (value < 0) {
                text.append('%');
                at = escape + 1;
            } else if (isUnreserved((char) value)) {
                text.append((char) value);
                at = escape + 3;
            } else {
                text.append(path.substring(escape, escape + 3).toUpperCase(Locale.ROOT));
                at = escape + 3;
            }
            escape = path.indexOf('%', at);
        }
        return text.append(path, at, path.length()).toString();
    }

    private static boolean isUnreserved(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "-._~".indexOf(c) >= 0;
    }

    private static @Nullable String resolved(String path) {
        if (!path.startsWith("/")) {
            return path;
        }
        List<String> kept = new ArrayList<>();
        String[] segments = path.split("/", -1);
        for (String segment : segments) {
            if (segment.equals("..")) {
                if (kept.isEmpty()) {
                    return null;
                }
                kept.removeLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                kept.add(segment);
            }
        }
        String last = segments[segments.length - 1];
        boolean folder = last.isEmpty() || last.equals(".") || last.equals("..");
        return "/" + String.join("/", kept) + (folder && !kept.isEmpty() ? "/" : "");
    }
}
