package io.spillgate.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `affinity` of a route: by what requests are told apart that are to stay together at one address
/// of the destination.
///
/// @param kind where that stands
/// @param name of the cookie or header field; empty for `address`
public record AffinityConfig(Kind kind, String name) {
    private static final Pattern FORM =
            Pattern.compile("(?<kind>cookie|header):(?<name>" + Require.TOKEN + ")");

    private static final String ADDRESS = "address";

    /// What tells requests apart.
    public enum Kind {
        /// A cookie, set where the client has none.
        COOKIE,
        /// A field of the request's head.
        HEADER,
        /// The client's address, as the rate limit sees it.
        ADDRESS
    }

    /// Reads `cookie:NAME`, `header:NAME` or `address`.
    ///
    /// @throws InvalidValue when the text is none of these
    public static AffinityConfig parse(String text) {
        if (text.equals(ADDRESS)) {
            return new AffinityConfig(Kind.ADDRESS, "");
        }
        Matcher named = FORM.matcher(text);
        if (!named.matches()) {
            throw new InvalidValue(
                    "is \"" + text + "\", must be cookie:NAME, header:NAME or address");
        }
        Kind kind = named.group("kind").equals("cookie") ? Kind.COOKIE : Kind.HEADER;
        return new AffinityConfig(kind, named.group("name"));
    }

    @Override
    public String toString() {
        return switch (kind) {
            case COOKIE -> "cookie:" + name;
            case HEADER -> "header:" + name;
            case ADDRESS -> ADDRESS;
        };
    }
}
