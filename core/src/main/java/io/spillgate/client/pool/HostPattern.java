package io.spillgate.client.pool;

import java.util.regex.Pattern;

/// Which hosts an override is for: `regex:…`, `glob:…` or a bare glob, matched against the whole
/// name without regard to case.
///
/// In a glob `*` is any run of characters, `?` is one character, and everything else is itself. A
/// pattern that begins with any subdomain (`*.` or the expression for it, `.*\.`) is also for the
/// domain itself. Source: Pekko HTTP, `per-host-override`.
final class HostPattern {
    private static final String REGEX = "regex:";
    private static final String GLOB = "glob:";

    /// `.*\.` or `.*[.]` at the beginning; not when the dot is repeated or optional.
    private static final Pattern ANY_SUBDOMAIN =
            Pattern.compile("^\\^?\\.\\*(?:\\\\\\.|\\[\\.])(?![?*+{])");

    private final Pattern pattern;

    /// @throws java.util.regex.PatternSyntaxException when it is a malformed regular expression
    HostPattern(String text) {
        String regex =
                text.startsWith(REGEX)
                        ? text.substring(REGEX.length())
                        : regexOf(text.startsWith(GLOB) ? text.substring(GLOB.length()) : text);
        Pattern.compile(regex);
        String expanded = ANY_SUBDOMAIN.matcher(regex).replaceFirst("(?:.*\\\\.)?");
        pattern = Pattern.compile(expanded, Pattern.CASE_INSENSITIVE);
    }

    /// @param host a name, or an IP address; IPv6 without brackets
    boolean matches(String host) {
        return pattern.matcher(host).matches();
    }

    private static String regexOf(String glob) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(literal(c));
            }
        }
        return regex.toString();
    }

    private static String literal(char c) {
        boolean special = "\\^$.|+()[]{}".indexOf(c) >= 0;
        return special ? "\\" + c : String.valueOf(c);
    }
}
