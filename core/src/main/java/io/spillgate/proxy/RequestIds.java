package io.spillgate.proxy;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/// Makes ids for requests: 32 letters and digits, of which no two are the same; in plain string
/// order those of one process stand in the order of their making. Thread safe.
///
/// The first eleven are a clock that never stands still: milliseconds since 1970 times 65,536, or
/// one more than the last one. The others are random, so that ids of several processes differ too.
final class RequestIds {
    /// In the order of their codes.
    private static final String DIGITS =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static final int LENGTH = 32;
    private static final int CLOCK_DIGITS = 11;

    private final AtomicLong clock = new AtomicLong();

    /// The next id.
    String next() {
        return next(System.currentTimeMillis());
    }

    String next(long nowMillis) {
        long time = nowMillis << Short.SIZE;
        long rest = clock.accumulateAndGet(time, (last, now) -> Math.max(last + 1, now));
        byte[] id = new byte[LENGTH];
        for (int i = CLOCK_DIGITS - 1; i >= 0; i--) {
            id[i] = (byte) DIGITS.charAt((int) (rest % DIGITS.length()));
            rest /= DIGITS.length();
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int i = CLOCK_DIGITS; i < LENGTH; i++) {
            id[i] = (byte) DIGITS.charAt(random.nextInt(DIGITS.length()));
        }
        return new String(id, java.nio.charset.StandardCharsets.US_ASCII);
    }
}
