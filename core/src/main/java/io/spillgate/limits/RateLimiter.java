package io.spillgate.limits;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;

/// At most so many requests of one client in any window of a given length.
///
/// Up to [#MOST_EXACT] the window slides exactly; above, two counters estimate it. A refused
/// request does not count. The clients are kept in stripes, each with its own lock that is held for
/// well under a microsecond, so any thread may ask.
///
/// Overflow action: when the table is full, the client of the stripe that has been silent longest
/// is forgotten, which gives it a fresh window. Clients that were silent for two windows go by
/// themselves, at most two at every request. Source: RevenProx ("Rate Limiting").
public final class RateLimiter {
    /// The largest limit whose window is exact.
    public static final int MOST_EXACT = 1024;

    /// Clients remembered when nothing else is said.
    public static final int DEFAULT_MAX_KEYS = 100_000;

    private static final int STRIPES = 64;
    private static final int MOST_TICKS = 1 << 30;
    private static final int SWEPT_PER_REQUEST = 2;
    private static final Duration LONGEST = Duration.ofDays(365_000);

    private final int limit;
    private final int windowTicks;
    private final long tickMillis;
    private final int maxKeysPerStripe;
    private final Stripe[] stripes = new Stripe[STRIPES];

    /// A limiter for about [#DEFAULT_MAX_KEYS] clients.
    public RateLimiter(int limit, Duration window) {
        this(limit, window, DEFAULT_MAX_KEYS);
    }

    /// A limiter of so many requests in a window.
    ///
    /// @param limit the most requests in any window; 0 = no limit
    /// @param window its length, at least a millisecond; one above twelve days is measured more
    ///   coarsely, to a billionth of its length
    /// @param maxKeys the most clients to remember
    public RateLimiter(int limit, Duration window, int maxKeys) {
        if (limit < 0 || maxKeys < 1 || window.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException(
                    "limit " + limit + ", window " + window + ", maxKeys " + maxKeys);
        }
        long windowMillis = millis(window);
        this.limit = limit;
        this.tickMillis = 1 + (windowMillis - 1) / MOST_TICKS;
        this.windowTicks = (int) Math.ceilDiv(windowMillis, tickMillis);
        this.maxKeysPerStripe = Math.ceilDiv(maxKeys, STRIPES);
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Stripe();
        }
    }

    /// Whether there is no limit, so that nobody needs to be counted.
    public boolean isOff() {
        return limit == 0;
    }

    /// Counts a request of a client if the limit allows it.
    ///
    /// @param nowMillis the time on any clock that does not go back, in milliseconds
    /// @return 0 when admitted, else the milliseconds until the oldest request leaves the window
    public long tryAcquire(ClientKey key, long nowMillis) {
        if (isOff()) {
            return 0;
        }
        long wait = stripe(key).tryAcquire(key, nowMillis / tickMillis);
        return wait == 0 ? 0 : Math.multiplyExact(wait, tickMillis);
    }

    /// How many clients are remembered now.
    public int keys() {
        int keys = 0;
        for (Stripe stripe : stripes) {
            keys += stripe.size();
        }
        return keys;
    }

    private Stripe stripe(ClientKey key) {
        long mixed = (key.bits() + (key.v6() ? 1 : 0)) * 0x9e3779b97f4a7c15L;
        return stripes[(int) (mixed >>> 58)];
    }

    private static long millis(Duration window) {
        return window.compareTo(LONGEST) < 0 ? window.toMillis() : LONGEST.toMillis();
    }

    private final class Stripe {
        private final LinkedHashMap<ClientKey, RateWindow> windows =
                new LinkedHashMap<>(16, 0.75f, true);

        synchronized long tryAcquire(ClientKey key, long tick) {
            forgetSilent(tick);
            RateWindow window = windows.get(key);
            if (window == null) {
                window = newWindow();
                windows.put(key, window);
                forgetEldest();
            }
            return window.tryAcquire(tick);
        }

        synchronized int size() {
            return windows.size();
        }

        private RateWindow newWindow() {
            return limit <= MOST_EXACT
                    ? new ExactWindow(limit, windowTicks)
                    : new CountedWindow(limit, windowTicks);
        }

        private void forgetSilent(long tick) {
            Iterator<RateWindow> eldest = windows.values().iterator();
            for (int i = 0; i < SWEPT_PER_REQUEST && eldest.hasNext(); i++) {
                if (tick - eldest.next().newestTick() < 2L * windowTicks) {
                    return;
                }
                eldest.remove();
            }
        }

        private void forgetEldest() {
            if (windows.size() > maxKeysPerStripe) {
                windows.pollFirstEntry();
            }
        }
    }
}
