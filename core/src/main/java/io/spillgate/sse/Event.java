package io.spillgate.sse;

import org.jspecify.annotations.Nullable;

import java.util.Set;

/// One event as it was published: validated, and not yet in any wire format.
///
/// The data is kept byte for byte; every CR, LF and CRLF in it ends a line, so `a\n` is two lines,
/// `a` and an empty one, and no data at all is one empty line. Immutable as long as nobody writes
/// into [#data()]. Source: WHATWG HTML section 9.2.
public final class Event {
    /// The longest type or id, in bytes of UTF-8.
    public static final int MAX_FIELD_BYTES = 1024;

    /// Stands between our position and the publisher's own id in the id that clients see.
    public static final char ID_SEPARATOR = ':';

    private static final int EPOCH_LENGTH = 12;

    /// What only the gateway says: a client acts on it.
    private static final Set<String> RESERVED_TYPES = Set.of("stream-gap", "server-shutdown");

    private final byte[] data;
    private final @Nullable String type;
    private final @Nullable String id;
    private final long retryMillis;
    private final int lines;
    private final int textBytes;

    private Event(byte[] data, @Nullable String type, @Nullable String id, long retryMillis) {
        this.data = data;
        this.type = type;
        this.id = id;
        this.retryMillis = retryMillis;
        int ends = 0;
        int endBytes = 0;
        for (int i = 0; i < data.length; i++) {
            if (data[i] == '\n' || data[i] == '\r') {
                int bytes = EventText.isCrLf(data, i) ? 2 : 1;
                ends++;
                endBytes += bytes;
                i += bytes - 1;
            }
        }
        lines = ends + 1;
        textBytes = data.length - endBytes;
    }

    /// Checks the parts of an event and puts them together. An empty type or id is the same as
    /// none.
    ///
    /// @param data UTF-8 of any length; kept, not copied
    /// @param type the `event` field, or null
    /// @param id the publisher's own id, or null for one of ours
    /// @param retryMillis the reconnection time to send along, in milliseconds, or -1 for none
    /// @throws InvalidEvent when the data is not UTF-8; when the type or the id holds CR, LF, NUL
    ///   or half of a surrogate pair, or is longer than [#MAX_FIELD_BYTES]; when the type is one of
    ///   the gateway's own; when the id begins like one of ours
    public static Event of(
            byte[] data, @Nullable String type, @Nullable String id, long retryMillis)
            throws InvalidEvent {
        if (!Utf8.isValid(data, 0, data.length)) {
            throw new InvalidEvent("data is not UTF-8");
        }
        return ofValidText(data, type, id, retryMillis);
    }

    /// Like [#of(byte[], String, String, long)] for data that is known to be UTF-8.
    static Event ofValidText(
            byte[] data, @Nullable String type, @Nullable String id, long retryMillis)
            throws InvalidEvent {
        checkFields(type, id);
        return new Event(data, emptyToNull(type), emptyToNull(id), Math.max(retryMillis, -1));
    }

    /// Bytes of the data, the type and an id.
    ///
    /// @param shownId the id that clients see
    public int bytes(String shownId) {
        int named = Utf8.length(shownId) + (type == null ? 0 : Utf8.length(type));
        return Math.addExact(data.length, named);
    }

    /// The checks of a type and an id, for a reader that meets them before the data.
    static void checkFields(@Nullable String type, @Nullable String id) throws InvalidEvent {
        checkField("event", type);
        checkField("id", id);
        if (type != null && RESERVED_TYPES.contains(type)) {
            throw new InvalidEvent("event is " + type + ", which only the gateway itself sends");
        }
        if (id != null && isOwnForm(id)) {
            throw new InvalidEvent(
                    "id begins like the ids that the gateway gives (<epoch>-<sequence>)");
        }
        if (id != null && !canComeBack(id)) {
            throw new InvalidEvent(
                    "id is \"earliest\", or holds a control character, or begins or ends with a"
                            + " blank: a client could not come back with it");
        }
    }

    /// Whether a client can send an id as the value of Last-Event-ID and be understood.
    private static boolean canComeBack(String id) {
        return !id.equals("earliest")
                && id.equals(id.strip())
                && id.chars().noneMatch(Character::isISOControl);
    }

    /// Reads a `retry` field: ASCII digits only, milliseconds.
    ///
    /// @throws InvalidEvent when it is empty, holds anything but digits, or does not fit 63 bits
    public static long parseRetry(String text) throws InvalidEvent {
        long millis = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                throw new InvalidEvent("retry must be digits only (milliseconds)");
            }
            if (millis > (Long.MAX_VALUE - (c - '0')) / 10) {
                throw new InvalidEvent(
                        "retry has " + text.length() + " digits, more than fit 63 bits");
            }
            millis = millis * 10 + (c - '0');
        }
        if (text.isEmpty()) {
            throw new InvalidEvent("retry is empty, must be digits (milliseconds)");
        }
        return millis;
    }

    /// Whether the id begins with our own form: an epoch (`s` and eleven of `0-9a-z`), `-`, a
    /// digit.
    public static boolean isOwnForm(String id) {
        if (id.length() < EPOCH_LENGTH + 2
                || id.charAt(0) != 's'
                || id.charAt(EPOCH_LENGTH) != '-') {
            return false;
        }
        for (int i = 1; i < EPOCH_LENGTH; i++) {
            char c = id.charAt(i);
            if (!isDigit(c) && (c < 'a' || c > 'z')) {
                return false;
            }
        }
        return isDigit(id.charAt(EPOCH_LENGTH + 1));
    }

    /// The body as published, UTF-8, line ends included; the array itself, not a copy.
    public byte[] data() {
        return data;
    }

    /// Lines of the data, at least 1.
    public int lines() {
        return lines;
    }

    /// Bytes of the data without line ends.
    int textBytes() {
        return textBytes;
    }

    /// The `event` field; null means the default type, `message`.
    public @Nullable String type() {
        return type;
    }

    /// The publisher's own id; null means that the gateway gives one.
    public @Nullable String id() {
        return id;
    }

    /// The reconnection time to send along, in milliseconds; -1 means none.
    public long retryMillis() {
        return retryMillis;
    }

    private static void checkField(String name, @Nullable String value) throws InvalidEvent {
        if (value == null) {
            return;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\r' || c == '\n' || c == 0) {
                throw new InvalidEvent(name + " holds CR, LF or NUL at position " + i);
            }
        }
        int bytes = Utf8.length(value);
        if (bytes < 0) {
            throw new InvalidEvent(name + " is not valid Unicode text");
        }
        if (bytes > MAX_FIELD_BYTES) {
            throw new InvalidEvent(name + " has " + bytes + " bytes, more than " + MAX_FIELD_BYTES);
        }
    }

    private static @Nullable String emptyToNull(@Nullable String value) {
        return value == null || value.isEmpty() ? null : value;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
