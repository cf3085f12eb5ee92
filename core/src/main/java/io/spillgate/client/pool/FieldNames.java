package io.spillgate.client.pool;

import io.netty.util.AsciiString;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Locale;

/// The names of fields that answers often have, so that not every answer has copies of its own: as
/// registries write them, and in lower case. Immutable.
final class FieldNames {
    private static final int SLOTS = 256;

    private static final List<String> COMMON =
            List.of(
                    "Accept-Ranges",
                    "Access-Control-Allow-Origin",
                    "Age",
                    "Cache-Control",
                    "Connection",
                    "Content-Disposition",
                    "Content-Encoding",
                    "Content-Length",
                    "Content-Type",
                    "Date",
                    "ETag",
                    "Expires",
                    "Keep-Alive",
                    "Last-Modified",
                    "Location",
                    "Pragma",
                    "Server",
                    "Set-Cookie",
                    "Strict-Transport-Security",
                    "Transfer-Encoding",
                    "Upgrade",
                    "Vary",
                    "Via",
                    "X-Content-Type-Options",
                    "X-Frame-Options",
                    "X-Powered-By");

    private static final @Nullable AsciiString[] TABLE = table();

    private FieldNames() {}

    /// The name between these indices of a line; null when it is not a common one.
    static @Nullable AsciiString common(byte[] line, int start, int length) {
        AsciiString name = length == 0 ? null : TABLE[slot(line, start, length)];
        if (name == null || name.length() != length) {
            return null;
        }
        byte[] bytes = name.array();
        for (int i = 0; i < length; i++) {
            if (bytes[i] != line[start + i]) {
                return null;
            }
        }
        return name;
    }

    private static @Nullable AsciiString[] table() {
        @Nullable AsciiString[] table = new AsciiString[SLOTS];
        for (String name : COMMON) {
            enter(table, name);
            enter(table, name.toLowerCase(Locale.ROOT));
        }
        return table;
    }

    private static void enter(@Nullable AsciiString[] table, String name) {
        AsciiString entry = AsciiString.cached(name);
        int slot = slot(entry.array(), 0, entry.length());
        if (table[slot] != null) {
            throw new IllegalStateException(name + " has the slot of " + table[slot]);
        }
        table[slot] = entry;
    }

    /// Each common name has one of its own: the factor was tried out.
    private static int slot(byte[] line, int start, int length) {
        int hash = length;
        hash = 9 * hash + line[start];
        hash = 9 * hash + line[start + length / 2];
        hash = 9 * hash + line[start + length - 1];
        return (hash ^ hash >>> 8) & SLOTS - 1;
    }
}
