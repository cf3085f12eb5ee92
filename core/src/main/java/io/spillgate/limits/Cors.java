package io.spillgate.limits;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The CORS header lines of an answer, made once and shared (Fetch standard section 3.2, seed 000).
///
/// With `*` or one origin the lines are the same for everyone. With a list they depend on the
/// request's Origin, which `Vary: Origin` tells to caches. With no origins there are none.
/// Immutable, any thread; the arrays are shared and must not be written to.
public final class Cors {
    /// How long a browser may keep the answer to a preflight, in seconds.
    public static final int MAX_AGE_SECONDS = 600;

    private static final byte[] NOTHING = {};
    private static final String VARY = "Vary: Origin\r\n";

    private final Lines others;
    private final Map<String, Lines> byOrigin;

    /// The policy for these origins.
    ///
    /// @param allowedOrigins `*`, one origin, several, or none; compared in lower case, as browsers
    ///   send them
    /// @param allowedHeaders request headers allowed besides Authorization and Content-Type
    public Cors(List<String> allowedOrigins, List<String> allowedHeaders) {
        Map<String, Lines> listed = new HashMap<>();
        if (allowedOrigins.isEmpty()) {
            others = new Lines(NOTHING, NOTHING);
        } else if (allowedOrigins.size() == 1) {
            others = lines(allowedOrigins.getFirst(), allowedHeaders, "");
        } else {
            others = new Lines(ascii(VARY), ascii(VARY));
            for (String origin : allowedOrigins) {
                listed.put(origin.toLowerCase(Locale.ROOT), lines(origin, allowedHeaders, VARY));
            }
        }
        byOrigin = Map.copyOf(listed);
    }

    /// The lines, each with its CRLF, for any answer but that to a preflight.
    ///
    /// @param origin the request's Origin, null when it has none
    public byte[] headerBlock(@Nullable String origin) {
        return linesFor(origin).answer;
    }

    /// The lines, each with its CRLF, for the answer to a preflight.
    ///
    /// @param origin the request's Origin, null when it has none
    public byte[] preflightBlock(@Nullable String origin) {
        return linesFor(origin).preflight;
    }

    private Lines linesFor(@Nullable String origin) {
        return origin == null || byOrigin.isEmpty()
                ? others
                : byOrigin.getOrDefault(origin, others);
    }

    private static Lines lines(String origin, List<String> headers, String vary) {
        StringBuilder lines = new StringBuilder();
        lines.append("Access-Control-Allow-Origin: ")
                .append(origin.toLowerCase(Locale.ROOT))
                .append("\r\n");
        lines.append("Access-Control-Allow-Methods: GET, OPTIONS\r\n");
        lines.append("Access-Control-Allow-Headers: Authorization, Content-Type");
        headers.forEach(header -> lines.append(", ").append(header));
        lines.append("\r\n").append(vary);
        String preflight = lines + "Access-Control-Max-Age: " + MAX_AGE_SECONDS + "\r\n";
        return new Lines(ascii(lines.toString()), ascii(preflight));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static final class Lines {
        final byte[] answer;
        final byte[] preflight;

        Lines(byte[] answer, byte[] preflight) {
            this.answer = answer;
            this.preflight = preflight;
        }
    }
}
