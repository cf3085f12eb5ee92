package io.spillgate.http.http1;

/// Which bytes may stand where in the head of a request: one table, one bit for each place.
final class HeadBytes {
    private static final int TOKEN = 1;
    private static final int TARGET = 2;
    private static final int VALUE = 4;
    private static final int HOST = 8;
    private static final byte[] CLASSES = classes();

    private HeadBytes() {}

    /// RFC 9110 section 5.6.2.
    static boolean isToken(byte b) {
        return (CLASSES[b & 0xff] & TOKEN) != 0;
    }

    /// Visible ASCII, but no fragment. Browsers send some of what RFC 3986 leaves no place for as
    /// it is (WHATWG URL), and nginx, HAProxy and Node take it.
    static boolean isTarget(byte b) {
        return (CLASSES[b & 0xff] & TARGET) != 0;
    }

    /// RFC 9110 section 5.5: visible ASCII, space, tab, and the bytes above ASCII.
    static boolean isValue(byte b) {
        return (CLASSES[b & 0xff] & VALUE) != 0;
    }

    /// What a registered name may hold (RFC 3986 section 3.2.2), except the comma, which hides a
    /// list.
    static boolean isHost(byte b) {
        return (CLASSES[b & 0xff] & HOST) != 0;
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    static boolean isHexDigit(byte b) {
        byte lower = toLower(b);
        return isDigit(b) || (lower >= 'a' && lower <= 'f');
    }

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    static byte toLower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + ('a' - 'A')) : b;
    }

    private static byte[] classes() {
        byte[] classes = new byte[256];
        for (int c = 0x21; c < 0x7f; c++) {
            boolean alphanumeric = isDigit((byte) c) || Character.isLetter(c);
            int bits = VALUE;
            bits |= alphanumeric || "!#$%&'*+-.^_`|~".indexOf(c) >= 0 ? TOKEN : 0;
            bits |= c == '#' ? 0 : TARGET;
            bits |= alphanumeric || "-._~!$&'()*+;=".indexOf(c) >= 0 ? HOST : 0;
            classes[c] = (byte) bits;
        }
        for (int c = 0x80; c <= 0xff; c++) {
            classes[c] = VALUE;
        }
        classes[' '] = VALUE;
        classes['\t'] = VALUE;
        return classes;
    }
}
