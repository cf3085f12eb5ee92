package io.spillgate.sse;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// What the lines of one event have said so far; the two readings differ in what they make of a
/// field.
abstract sealed class EventFields permits PublishFields, ClientFields {
    static final byte[] NO_BYTES = {};

    private static final int KEPT_CAPACITY = 8 * 1024;

    private final int maxEventBytes;
    private byte[] data = NO_BYTES;
    private int dataLength;
    private boolean hasData;
    private @Nullable String error;

    EventFields(int maxEventBytes) {
        this.maxEventBytes = maxEventBytes;
    }

    /// Takes one line without its end.
    ///
    /// @return false when reading has to stop behind this line
    boolean line(byte[] line, int from, int to) {
        if (from == to) {
            return blank();
        }
        if (!isAcceptable(line, from, to)) {
            return false;
        }
        int colon = from;
        while (colon < to && line[colon] != ':') {
            colon++;
        }
        int value = Math.min(colon + 1, to);
        value += value < to && line[value] == ' ' ? 1 : 0;
        switch (colon - from) {
            case 4 -> {
                if (is("data", line, from)) {
                    data(line, value, to);
                }
            }
            case 5 -> {
                if (is("event", line, from)) {
                    type(line, value, to);
                } else if (is("retry", line, from)) {
                    retry(line, value, to);
                }
            }
            case 2 -> {
                if (is("id", line, from)) {
                    id(line, value, to);
                }
            }
            default -> {
                // A comment or an unknown field: passed over.
            }
        }
        return error == null;
    }

    /// Whether the line may be read at all; sets the error when not.
    abstract boolean isAcceptable(byte[] line, int from, int to);

    abstract void type(byte[] line, int from, int to);

    abstract void id(byte[] line, int from, int to);

    abstract void retry(byte[] line, int from, int to);

    /// The blank line came and there is data.
    ///
    /// @return false when reading has to stop here
    abstract boolean dispatch(byte[] data, int length);

    /// The event is over, dispatched or not: forgets what belongs to it alone.
    abstract void clear();

    /// The blank line came: the id that was read last is now the one to resume from.
    abstract void commitId();

    abstract String lastEventId();

    final @Nullable String error() {
        return error;
    }

    final void fail(String reason) {
        if (error == null) {
            error = reason;
        }
    }

    private boolean blank() {
        commitId();
        boolean goOn = !hasData || dispatch(data, dataLength);
        hasData = false;
        dataLength = 0;
        if (data.length > KEPT_CAPACITY) {
            data = NO_BYTES;
        }
        clear();
        return goOn && error == null;
    }

    private void data(byte[] line, int from, int to) {
        int separator = hasData ? 1 : 0;
        int added = to - from + separator;
        if (added > maxEventBytes - dataLength) {
            fail("an event is larger than " + maxEventBytes + " bytes");
            return;
        }
        int needed = dataLength + added;
        if (needed > data.length) {
            int doubled = Math.min(2 * data.length, maxEventBytes);
            data = Arrays.copyOf(data, Math.max(needed, doubled));
        }
        if (hasData) {
            data[dataLength] = '\n';
        }
        System.arraycopy(line, from, data, dataLength + separator, to - from);
        dataLength = needed;
        hasData = true;
    }

    private static boolean is(String name, byte[] line, int from) {
        for (int i = 0; i < name.length(); i++) {
            if (line[from + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
