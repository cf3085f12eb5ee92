package io.spillgate.it.proxy;

/// Texts of tables that stand for bytes.
final class Bytes {
    private Bytes() {}

    /// Replaces the escapes by the bytes they stand for: `\r`, `\n`, `\t`, `\v`, `\f`, `\s`
    /// (space), `\0`, `\1`, `\d` (DEL), `\x` (not ASCII), `\e` (nothing).
    static String of(String escaped) {
        return escaped.replace("\\r", "\r")
                .replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\v", "\u000b")
                .replace("\\f", "\f")
                .replace("\\s", " ")
                .replace("\\0", "\0")
                .replace("\\1", "\u0001")
                .replace("\\d", "\u007f")
                .replace("\\x", "\u00e9")
                .replace("\\e", "");
    }
}
