package io.spillgate.it.stress;

import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;

/// Finds the ends of answers with a Content-Length in what one connection receives.
final class Replies {
    private static final String LENGTH = "\r\ncontent-length: ";

    private final IntConsumer whole;
    private final StringBuilder text = new StringBuilder();

    /// @param whole gets the status of each answer that is whole
    Replies(IntConsumer whole) {
        this.whole = whole;
    }

    /// Takes the next bytes.
    ///
    /// @throws AssertionError when they are not such an answer
    void take(byte[] bytes, int count) {
        text.append(new String(bytes, 0, count, StandardCharsets.ISO_8859_1));
        for (int end = end(); end > 0 && end <= text.length(); end = end()) {
            int status = Integer.parseInt(text.substring(9, 12));
            text.delete(0, end);
            whole.accept(status);
        }
    }

    /// Where the first answer ends; 0 when that is not known yet.
    private int end() {
        int body = text.indexOf("\r\n\r\n") + 4;
        if (body < 4) {
            return 0;
        }
        String head = text.substring(0, body).toLowerCase(java.util.Locale.ROOT);
        int length = head.indexOf(LENGTH);
        if (!head.startsWith("http/1.1 ") || length < 0) {
            throw new AssertionError("not an answer with a length: " + head);
        }
        int value = length + LENGTH.length();
        return body + Integer.parseInt(head.substring(value, head.indexOf('\r', value)));
    }
}
