package io.spillgate.client.pool;

/// Keeps the retries of a pool below a fifth of its requests, so that a backend that is in trouble
/// doesn't get more of it. What is below three a second on average is always allowed, so that a
/// quiet pool can retry too.
///
/// Counts by the second, over the last ten seconds with the current one. Not thread safe.
final class RetryBudget {
    private static final int SECONDS = 10;
    private static final int ALWAYS = 3 * SECONDS;
    private static final int REQUESTS_FOR_ONE = 5;
    private static final long SECOND_NANOS = 1_000_000_000;

    private final int[] requestsOf = new int[SECONDS];
    private final int[] retriesOf = new int[SECONDS];
    private long second = Long.MIN_VALUE / 2;
    private long requests;
    private long retries;

    /// A request came to the pool.
    void request(long nowNanos) {
        forget(nowNanos);
        requests++;
        requestsOf[bucket()]++;
    }

    /// Takes one retry from the budget.
    ///
    /// @return false when nothing is left
    boolean tryRetry(long nowNanos) {
        forget(nowNanos);
        if (retries >= Math.max(ALWAYS, requests / REQUESTS_FOR_ONE)) {
            return false;
        }
        retries++;
        retriesOf[bucket()]++;
        return true;
    }

    /// Goes on to the second of now and empties what is older than the window. A clock that is
    /// behind, as another thread's may be a little, counts as the latest second.
    private void forget(long nowNanos) {
        long now = Math.floorDiv(nowNanos, SECOND_NANOS);
        long passed = Math.min(now - second, SECONDS);
        for (long i = 0; i < passed; i++) {
            second = now - passed + 1 + i;
            requests -= requestsOf[bucket()];
            retries -= retriesOf[bucket()];
            requestsOf[bucket()] = 0;
            retriesOf[bucket()] = 0;
        }
    }

    private int bucket() {
        return (int) Math.floorMod(second, (long) SECONDS);
    }
}
