package io.spillgate.net;

import java.util.Arrays;
import java.util.List;

/// What an event loop spends its time on. At any moment a loop does exactly one of these.
public enum Work {
    /// Waits for a socket, a timer or a task.
    IDLE,

    /// Accepts client connections and sets them up.
    ACCEPT,

    /// Takes client connections' bytes apart, and answers what can be answered at once.
    RECEIVE,

    /// Forwards: the way of a request to its backend, and of the answer back.
    PROXY,

    /// Writes events to subscribers.
    FAN_OUT,

    /// Looks at clocks: time limits of connections and pools, what expires.
    TIMERS,

    /// Everything else: asking the kernel what is ready, tasks that nobody marked.
    OTHER;

    /// How many there are.
    static final int COUNT = values().length;

    private static final Work[] ALL = values();

    private static final List<Work> BUSY = Arrays.stream(ALL).filter(work -> work != IDLE).toList();

    /// Everything but waiting.
    public static List<Work> busy() {
        return BUSY;
    }

    /// The one with an index.
    static Work at(long index) {
        return ALL[(int) index];
    }

    /// Its place in an array. It lives no longer than the process and is never stored, so the order
    /// of the constants is free to change.
    @SuppressWarnings("EnumOrdinal")
    int index() {
        return ordinal();
    }
}
