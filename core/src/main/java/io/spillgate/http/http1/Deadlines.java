package io.spillgate.http.http1;

import java.util.function.LongSupplier;

/// How long a connection may take to send a request (react-server; RevenProx for
/// `connection_timeout_sec`).
final class Deadlines {
    private final LongSupplier headStartNanos;
    private final LongSupplier heardNanos;
    private final long acceptedNanos;
    private long answeredNanos;
    private long pausedAtNanos;
    private long resumedNanos;
    private long pausedNanos;
    private boolean paused;
    private boolean used;

    /// @param headStartNanos when the first byte of the head came that is being received or served;
    ///   0 when none has
    /// @param heardNanos when the last bytes came
    Deadlines(LongSupplier headStartNanos, LongSupplier heardNanos, long acceptedNanos) {
        this.headStartNanos = headStartNanos;
        this.heardNanos = heardNanos;
        this.acceptedNanos = acceptedNanos;
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

    /// A request was read and answered; the connection is idle.
    void answered(long nowNanos) {
        answeredNanos = nowNanos;
        used = true;
        paused = false;
        pausedNanos = 0;
    }

    /// The connection is read, or it is we who do not read it.
    void reading(boolean more, long nowNanos) {
        if (more && paused) {
            resumedNanos = nowNanos;
            pausedNanos += nowNanos - pausedAtNanos;
        } else if (!more && !paused) {
            pausedAtNanos = nowNanos;
        }
        paused = !more;
    }

    long acceptedNanos() {
        return acceptedNanos;
    }

    /// While a head is coming, or is awaited.
    Verdict head(long nowNanos, ReceiveTimes times) {
        if (headStartNanos.getAsLong() == 0) {
            return idle(nowNanos, times);
        }
        long allowed = Math.min(times.headNanos(), times.requestNanos());
        return nowNanos - headStartNanos.getAsLong() >= allowed
                ? Verdict.TIMED_OUT
                : silence(nowNanos, times);
    }

    /// While a body is coming.
    Verdict body(long nowNanos, ReceiveTimes times) {
        long waitedNanos = nowNanos - headStartNanos.getAsLong() - pausedNanos;
        return !paused && waitedNanos >= times.requestNanos()
                ? Verdict.TIMED_OUT
                : silence(nowNanos, times);
    }

    /// While an answer waits because the client does not read.
    Verdict unread(long nowNanos, ReceiveTimes times) {
        return nowNanos - answeredNanos >= times.connectionNanos() ? Verdict.CLOSE : Verdict.FINE;
    }

    private Verdict idle(long nowNanos, ReceiveTimes times) {
        long wanted =
                used ? times.keepAliveNanos() : Math.min(times.headNanos(), times.requestNanos());
        long since = used ? answeredNanos : acceptedNanos;
        return nowNanos - since >= Math.min(wanted, times.connectionNanos())
                ? Verdict.CLOSE
                : Verdict.FINE;
    }

    /// While the client has to send more, as long as it likes, but may not fall silent.
    Verdict silence(long nowNanos, ReceiveTimes times) {
        long silentNanos =
                Math.min(
                        nowNanos - heardNanos.getAsLong(),
                        pausedNanos == 0 ? Long.MAX_VALUE : nowNanos - resumedNanos);
        return !paused && silentNanos >= times.connectionNanos() ? Verdict.TIMED_OUT : Verdict.FINE;
    }
}
