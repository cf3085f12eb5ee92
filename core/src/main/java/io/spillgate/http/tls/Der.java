package io.spillgate.http.tls;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/// The little of DER (X.690) that keys and certificates need around what the JDK reads: a place in
/// a row of elements, and the making of one.
final class Der {
    static final int INTEGER = 0x02;
    static final int OCTETS = 0x04;
    static final int OID = 0x06;
    static final int SEQUENCE = 0x30;

    /// Context-specific and constructed: `[0]`.
    static final int CONTEXT_0 = 0xA0;

    private static final int LONG_FORM = 0x80;
    private static final int MAX_OID = 32;

    private final byte[] bytes;
    private final int end;
    private int next;

    Der(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private Der(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.next = start;
        this.end = end;
    }

    /// An element with these contents.
    static byte[] element(int tag, byte[]... contents) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int length = Arrays.stream(contents).mapToInt(c -> c.length).sum();
        out.write(tag);
        if (length < LONG_FORM) {
            out.write(length);
        } else {
            int size = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
            out.write(LONG_FORM | size);
            for (int i = size - 1; i >= 0; i--) {
                out.write(length >> (8 * i));
            }
        }
        for (byte[] content : contents) {
            out.writeBytes(content);
        }
        return out.toByteArray();
    }

    /// Whether an element with this tag is next.
    boolean has(int tag) {
        return next < end && (bytes[next] & 0xFF) == tag;
    }

    /// The contents of the next element, which is passed.
    Der in(int tag) throws GeneralSecurityException {
        if (!has(tag)) {
            throw new GeneralSecurityException("no element %02x where it belongs".formatted(tag));
        }
        next++;
        int length = length();
        if (length > end - next) {
            throw new GeneralSecurityException("an element is longer than what it is in");
        }
        Der contents = new Der(bytes, next, next + length);
        next += length;
        return contents;
    }

    /// The rest as it is.
    byte[] rest() {
        return Arrays.copyOfRange(bytes, next, end);
    }

    /// The next element, an object identifier, as in `1.2.840.10045.2.1`.
    String oid() throws GeneralSecurityException {
        byte[] arcs = in(OID).rest();
        if (arcs.length == 0 || arcs.length > MAX_OID) {
            throw new GeneralSecurityException("no object identifier");
        }
        StringBuilder text = new StringBuilder();
        long arc = 0;
        for (byte part : arcs) {
            arc = (arc << 7) | (part & 0x7F);
            if (part >= 0) {
                if (text.isEmpty()) {
                    long root = Math.min(2, arc / 40);
                    text.append(root).append('.').append(arc - 40 * root);
                } else {
                    text.append('.').append(arc);
                }
                arc = 0;
            }
        }
        return text.toString();
    }

    private int length() throws GeneralSecurityException {
        int first = octet();
        if (first < LONG_FORM) {
            return first;
        }
        int size = first - LONG_FORM;
        if (size == 0 || size > 3) {
            throw new GeneralSecurityException("an element without a usable length");
        }
        int length = 0;
        for (int i = 0; i < size; i++) {
            length = (length << 8) | octet();
        }
        return length;
    }

    private int octet() throws GeneralSecurityException {
        if (next == end) {
            throw new GeneralSecurityException("it ends too early");
        }
        return bytes[next++] & 0xFF;
    }
}
