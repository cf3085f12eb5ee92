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
        /// Answer 408: the head takes too long.
        HEAD_LATE("server.headersTimeout, server.requestTimeout"),
        /// Answer 408: the request takes too long, or its body has stopped.
        REQUEST_LATE("server.requestTimeout"),
        /// Answer 408: nothing comes.
        SILENT("http.connection_timeout_sec");

        private final String keys;

        Verdict() {
            this("");
        }

        Verdict(String keys) {
            this.keys = keys;
        }

        /// The keys of the configuration that say so.
        String keys() {
            return keys;
        }
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

    /// What is left of the time for a first request, from the accept on; 0 or less when it is over,
    /// or one has come.
    long firstRequestLeft(long mostNanos, long nowNanos) {
        return used ? 0 : acceptedNanos + mostNanos - nowNanos;
    }

    /// While a head is coming, or is awaited.
    Verdict head(long nowNanos, ReceiveTimes times) {
        if (headStartNanos.getAsLong() == 0) {
            return idle(nowNanos, times);
        }
        return nowNanos - headStartNanos.getAsLong() >= times.headNanos()
                ? Verdict.HEAD_LATE
                : silence(nowNanos, times);
    }

    /// While a body is coming.
    Verdict body(long nowNanos, ReceiveTimes times) {
        long waitedNanos = nowNanos - headStartNanos.getAsLong() - pausedNanos;
        boolean late =
                waitedNanos >= times.requestNanos()
                        || silentNanos(nowNanos) >= times.bodySilenceNanos();
        return !paused && late ? Verdict.REQUEST_LATE : silence(nowNanos, times);
    }

    /// While the client waits for us: nothing of the time so far is its own.
    Verdict excused(long nowNanos) {
        pausedNanos = nowNanos - headStartNanos.getAsLong();
        resumedNanos = nowNanos;
        pausedAtNanos = nowNanos;
        return Verdict.FINE;
    }

    /// While an answer waits because the client does not read.
    Verdict unread(long nowNanos, ReceiveTimes times) {
        return nowNanos - answeredNanos >= times.connectionNanos() ? Verdict.CLOSE : Verdict.FINE;
    }

    private Verdict idle(long nowNanos, ReceiveTimes times) {
        long wanted = used ? times.keepAliveNanos() : times.headNanos();
        long since = used ? answeredNanos : acceptedNanos;
        return nowNanos - since >= Math.min(wanted, times.connectionNanos())
                ? Verdict.CLOSE
                : Verdict.FINE;
    }

    /// While the client has to send more, as long as it likes, but may not fall silent.
    Verdict silence(long nowNanos, ReceiveTimes times) {
        return !paused && silentNanos(nowNanos) >= times.connectionNanos()
                ? Verdict.SILENT
                : Verdict.FINE;
    }

    private long silentNanos(long nowNanos) {
        return Math.min(
                nowNanos - heardNanos.getAsLong(),
                pausedNanos == 0 ? Long.MAX_VALUE : nowNanos - resumedNanos);
    }
}
