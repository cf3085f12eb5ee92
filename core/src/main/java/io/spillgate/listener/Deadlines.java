package io.spillgate.listener;

/// How long a connection may take to send a request (seed 004, seed 000's
/// `connection_timeout_sec`).
final class Deadlines {
    private final RequestDecoder decoder;
    private final long acceptedNanos;
    private long answeredNanos;
    private boolean used;

    Deadlines(RequestDecoder decoder, long acceptedNanos) {
        this.decoder = decoder;
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
    }

    long acceptedNanos() {
        return acceptedNanos;
    }

    /// While a head is coming, or is awaited.
    Verdict head(long nowNanos, Settings.Times times) {
        if (decoder.headStartNanos() == 0) {
            return idle(nowNanos, times);
        }
        long allowed = Math.min(times.headNanos(), times.requestNanos());
        return nowNanos - decoder.headStartNanos() >= allowed
                ? Verdict.TIMED_OUT
                : silence(nowNanos, times);
    }

    /// While a body is coming.
    Verdict body(long nowNanos, Settings.Times times) {
        boolean late = nowNanos - decoder.headStartNanos() >= times.requestNanos();
        return late ? Verdict.TIMED_OUT : silence(nowNanos, times);
    }

    /// While an answer waits because the client does not read.
    Verdict unread(long nowNanos, Settings.Times times) {
        return nowNanos - answeredNanos >= times.connectionNanos() ? Verdict.CLOSE : Verdict.FINE;
    }

    private Verdict idle(long nowNanos, Settings.Times times) {
        long wanted =
                used ? times.keepAliveNanos() : Math.min(times.headNanos(), times.requestNanos());
        long since = used ? answeredNanos : acceptedNanos;
        return nowNanos - since >= Math.min(wanted, times.connectionNanos())
                ? Verdict.CLOSE
                : Verdict.FINE;
    }

    /// While the client has to send more, as long as it likes, but may not fall silent.
    Verdict silence(long nowNanos, Settings.Times times) {
        return nowNanos - decoder.heardNanos() >= times.connectionNanos()
                ? Verdict.TIMED_OUT
                : Verdict.FINE;
    }
}
