package io.spillgate.it.harness;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for a condition of the outside world, with a deadline.
public final class Await {
    /// How long anything in these tests may take before it counts as not happening.
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final long PARK_NANOS = Duration.ofMillis(5).toNanos();

    private Await() {}

    /// Returns as soon as the condition holds.
    ///
    /// @param what completes the sentence "did not see that ..."
    public static void until(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new AssertionError("did not see within " + PATIENCE + " that " + what);
            }
            LockSupport.parkNanos(PARK_NANOS);
        }
    }
}
