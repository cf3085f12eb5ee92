package io.spillgate.client.pool;

import java.util.random.RandomGenerator;

/// How long new connections have to wait after attempts that failed.
///
/// The first failure sets a level. A failure of an attempt that began at the current level doubles
/// it, up to half of the longest wait; attempts that ran at the same time and failed together count
/// once. Each counted failure begins a wait, at random between the level and twice the level. While
/// there is a level, the owner makes one attempt at a time; one success takes the level away. Who
/// is asked for a connection need not wait longer than the patience.
///
/// ```
///        failed                 failed, token is current
/// NONE ─────────▶ WAITING ──▶ PROBING ─────────────────┐
///   ▲               ▲  time      │                     │
///   │               └────────────┼─────────────────────┘
///   └────────── succeeded ───────┘
/// ```
///
/// Source: Pekko HTTP, `base-connection-backoff`. Not thread safe.
final class Backoff {
    private final long baseNanos;
    private final long highestNanos;
    private final long patienceNanos;
    private final RandomGenerator random;
    private long levelNanos;
    private long generation;
    private long failedNanos;
    private long untilNanos;

    /// @param baseNanos the first level; 0 = nothing ever waits
    /// @param maxNanos no wait is this long
    /// @param patienceNanos after which an attempt may begin that somebody asks for
    Backoff(long baseNanos, long maxNanos, long patienceNanos, RandomGenerator random) {
        this.highestNanos = maxNanos / 2;
        this.baseNanos = Math.min(baseNanos, highestNanos);
        this.patienceNanos = patienceNanos;
        this.random = random;
    }

    /// An attempt begins.
    ///
    /// @return what [#failed] has to be told if it fails
    long begin() {
        return generation;
    }

    /// An attempt failed.
    ///
    /// @param token what [#begin] gave when it began
    void failed(long token, long nowNanos) {
        if (baseNanos == 0 || (levelNanos > 0 && token != generation)) {
            return;
        }
        levelNanos = levelNanos == 0 ? baseNanos : doubled();
        generation++;
        failedNanos = nowNanos;
        untilNanos = nowNanos + levelNanos + random.nextLong(levelNanos);
    }

    /// An attempt succeeded: nothing waits any more.
    void succeeded() {
        if (levelNanos > 0) {
            levelNanos = 0;
            generation++;
        }
    }

    /// How long the wait goes on; 0 when there is none.
    long remainingNanos(long nowNanos) {
        return levelNanos == 0 ? 0 : Math.max(untilNanos - nowNanos, 0);
    }

    /// Whether no wait is running, so that an attempt may begin.
    boolean isOpen(long nowNanos) {
        return remainingNanos(nowNanos) == 0;
    }

    /// Whether an attempt may begin that somebody asks for.
    boolean isOpenOnDemand(long nowNanos) {
        return isOpen(nowNanos) || nowNanos - failedNanos >= patienceNanos;
    }

    /// Whether only one attempt may run at a time, because none has succeeded since the last
    /// failure.
    boolean isProbing() {
        return levelNanos > 0;
    }

    private long doubled() {
        return levelNanos > highestNanos / 2 ? highestNanos : 2 * levelNanos;
    }
}
