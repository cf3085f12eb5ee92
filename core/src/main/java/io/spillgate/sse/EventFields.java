package io.spillgate.sse;

import io.spillgate.net.BoundedBytes;

import org.jspecify.annotations.Nullable;

/// What the lines of one event have said so far; the two readings differ in what they make of a
/// field.
abstract sealed class EventFields permits PublishFields, ClientFields {
    private static final byte[] LINE_FEED = {'\n'};
    private static final int KEPT_CAPACITY = 8 * 1024;

    private final int maxEventBytes;
    private final BoundedBytes data;
    private boolean hasData;
    private @Nullable String error;

    EventFields(int maxEventBytes) {
        this.maxEventBytes = maxEventBytes;
        data = new BoundedBytes(maxEventBytes);
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
                } else if (is("topic", line, from)) {
                    topic(line, value, to);
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

    /// A field of our own, which others pass over.
    abstract void topic(byte[] line, int from, int to);

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
        boolean goOn = !hasData || dispatch(data.array(), data.length());
        hasData = false;
        data.clear(KEPT_CAPACITY);
        clear();
        return goOn && error == null;
    }

    private void data(byte[] line, int from, int to) {
        boolean fits = !hasData || data.add(LINE_FEED, 0, 1);
        if (!fits || !data.add(line, from, to - from)) {
            fail("an event is larger than " + maxEventBytes + " bytes");
        }
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
