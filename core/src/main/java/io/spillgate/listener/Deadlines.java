package io.spillgate.listener;

/// How long a connection may take to send a request (seed 004, seed 000's
/// `connection_timeout_sec`).
final class Deadlines {
    private final long acceptedNanos;
    private long heardNanos;
    private long answeredNanos;
    private boolean used;

    Deadlines(long acceptedNanos) {
        this.acceptedNanos = acceptedNanos;
        heardNanos = acceptedNanos;
        answeredNanos = acceptedNanos;
    }

    /// What to do with the connection.
    enum Verdict {
        /// Nothing.
        FINE,
        /// Close it without a word.
        CLOSE,
        /// Answer 408.
        TIMED_OUT
    }

    /// A byte came.
    void heard(long nowNanos) {
        heardNanos = nowNanos;
    }

    /// A request was read and answered; the connection is idle.
    void answered(long nowNanos) {
        answeredNanos = nowNanos;
        used = true;
    }

    long acceptedNanos() {
        return acceptedNanos;
    }

    /// While a head is coming whose first byte came at `startNanos`, which is 0 while there is
    /// none.
    Verdict head(long nowNanos, long startNanos, Settings.Times times) {
        if (startNanos == 0) {
            return idle(nowNanos, times);
        }
        long allowed = Math.min(times.headNanos(), times.requestNanos());
        return nowNanos - startNanos >= allowed ? Verdict.TIMED_OUT : silence(nowNanos, times);
    }

    /// While a body is coming; an endless one may only not fall silent.
    Verdict body(long nowNanos, long startNanos, boolean endless, Settings.Times times) {
        boolean late = !endless && nowNanos - startNanos >= times.requestNanos();
        return late ? Verdict.TIMED_OUT : silence(nowNanos, times);
    }

    /// While an answer waits because the client does not read.
    Verdict unread(long nowNanos, Settings.Times times) {
        return nowNanos - answeredNanos >= times.connectionNanos() ? Verdict.CLOSE : Verdict.FINE;
    }

    private Verdict idle(long nowNanos, Settings.Times times) {
        long allowed =
                used
                        ? Math.min(times.keepAliveNanos(), times.connectionNanos())
                        : Math.min(times.headNanos(), times.requestNanos());
        long since = used ? answeredNanos : acceptedNanos;
        return nowNanos - since >= allowed ? Verdict.CLOSE : Verdict.FINE;
    }

    private Verdict silence(long nowNanos, Settings.Times times) {
        return nowNanos - heardNanos >= times.connectionNanos() ? Verdict.TIMED_OUT : Verdict.FINE;
    }
}
