package io.spillgate.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long a client waits before it connects again: what the server asked for (`retry:`), never
/// less, plus up to half of that at random, so that the clients of a server that went away don't
/// all come back in one moment.
///
/// While the server cannot be reached the time doubles with every try in a row, up to a bound
/// unless the server asked for more.
final class EventSourceDelay {
    /// Less is not waited, whatever the server asks for.
    static final Duration SHORTEST = Duration.ofMillis(100);

    /// The most that a server may ask for.
    static final Duration LONGEST_ASKED = Duration.ofDays(1);

    private static final int MAX_DOUBLINGS = 20;

    private final long longestMillis;
    private final RandomGenerator random;
    private long askedMillis;

    /// @param first what holds until the server asks for another time
    /// @param longest up to where the time doubles
    EventSourceDelay(Duration first, Duration longest, RandomGenerator random) {
        this.longestMillis = longest.toMillis();
        this.random = random;
        asked(first.toMillis());
    }

    /// The server asks for this time, in milliseconds.
    void asked(long millis) {
        askedMillis = Math.clamp(millis, SHORTEST.toMillis(), LONGEST_ASKED.toMillis());
    }

    /// The time to wait now.
    ///
    /// @param failures tries in a row that did not end in a stream; 0 after a stream that ended
    /// @param atLeast what the answer asked for
    Duration next(int failures, Duration atLeast) {
        int doublings = Math.min(Math.max(failures - 1, 0), MAX_DOUBLINGS);
        long ceiling = Math.max(longestMillis, askedMillis);
        long millis = askedMillis > ceiling >> doublings ? ceiling : askedMillis << doublings;
        Duration chosen = Duration.ofMillis(millis + random.nextLong(millis / 2 + 1));
        return chosen.compareTo(atLeast) < 0 ? atLeast : chosen;
    }
}
