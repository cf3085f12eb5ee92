package io.spillgate.routing;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// Path and query of a request; decoded on demand.
///
/// @param path by what requests are routed ([NormalPath]), still percent-encoded; empty when the
///   path leads above the root
/// @param sent the path as it came
/// @param query what follows the first `?`, still encoded; empty when there is none
/// @param hasQuery whether there is a `?`
public record RequestTarget(String path, String sent, String query, boolean hasQuery) {
    /// Splits an origin-form target (RFC 9112 section 3.2.1).
    public static RequestTarget parse(String target) {
        int question = target.indexOf('?');
        String sent = question < 0 ? target : target.substring(0, question);
        String query = question < 0 ? "" : target.substring(question + 1);
        return new RequestTarget(
                Objects.requireNonNullElse(NormalPath.of(sent), ""), sent, query, question >= 0);
    }

    /// The same with another path, as it goes into a request line.
    String withPath(String other) {
        return hasQuery ? other + "?" + query : other;
    }

    /// All values of a query parameter, by any of its names, in order; null when one is not valid
    /// percent-encoded UTF-8.
    @Nullable List<String> all(String... names) {
        List<String> values = new ArrayList<>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair : pair.substring(0, equals);
            if (!Arrays.asList(names).contains(key)) {
                continue;
            }
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1).replace('+', ' '));
            if (value == null) {
                return null;
            }
            values.add(value);
        }
        return values;
    }

    /// Undoes percent-encoding (RFC 3986 section 2.1); null when an escape is malformed or the
    /// result is not UTF-8.
    static @Nullable String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteBuffer bytes = ByteBuffer.allocate(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '%') {
                bytes.put((byte) c);
                continue;
            }
            int value = escaped(text, i);
            if (value < 0) {
                return null;
            }
            bytes.put((byte) value);
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException notUtf8) {
            return null;
        }
    }

    /// The byte of the escape that begins at a `%`; negative when it is malformed.
    static int escaped(String text, int at) {
        return at + 2 < text.length()
                ? hex(text.charAt(at + 1)) << 4 | hex(text.charAt(at + 2))
                : -1;
    }

    private static int hex(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }
}
