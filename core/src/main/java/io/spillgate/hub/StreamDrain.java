package io.spillgate.hub;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// Ends the streams of a loop one after the other, evenly over a time, each with its own
/// reconnection time.
///
/// Confined to the loop, as [Shard] asserts.
final class StreamDrain {
    private static final long LEAST_RETRY_MILLIS = 1_000;
    private static final long MOST_RETRY_MILLIS = 15_000;

    private final ArrayDeque<Recipient> left;
    private final int total;
    private final long startNanos;
    private final long spreadNanos;

    StreamDrain(List<Recipient> streams, long startNanos, long spreadNanos) {
        this.left = new ArrayDeque<>(streams);
        this.total = streams.size();
        this.startNanos = startNanos;
        this.spreadNanos = spreadNanos;
    }

    /// A stream that was opened by a request from before the drain; it is ended with the others.
    void add(Recipient late) {
        left.add(late);
    }

    /// Ends those whose time has come.
    void advance(long nowNanos) {
        double share =
                spreadNanos == 0 ? 1 : Math.min(1, (nowNanos - startNanos) / (double) spreadNanos);
        int keep = total - (int) Math.ceil(share * total);
        while (left.size() > keep) {
            long retryMillis =
                    ThreadLocalRandom.current().nextLong(LEAST_RETRY_MILLIS, MOST_RETRY_MILLIS + 1);
            left.remove().end(new Notice.Shutdown(retryMillis), StreamEnd.SHUTDOWN);
        }
    }
}
