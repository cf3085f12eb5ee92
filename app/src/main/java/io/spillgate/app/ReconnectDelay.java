package io.spillgate.app;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long a client waits before it connects again: what the server asked for (`retry:`), never
/// less, plus up to half of that at random, so that the clients of a server that went away don't
/// all come back in one moment.
///
/// While the server cannot be reached the time doubles with every try in a row, up to [#LONGEST]
/// unless the server asked for more.
final class ReconnectDelay {
    /// What holds until the server asks for another time.
    static final Duration DEFAULT = Duration.ofSeconds(3);

    /// Up to where the time doubles.
    static final Duration LONGEST = Duration.ofSeconds(30);

    /// Less is not waited, whatever the server asks for.
    static final Duration SHORTEST = Duration.ofMillis(100);

    private final RandomGenerator random;
    private long askedMillis = DEFAULT.toMillis();

    ReconnectDelay(RandomGenerator random) {
        this.random = random;
    }

    /// The server asks for this time, in milliseconds.
    void asked(long millis) {
        askedMillis = Math.max(millis, SHORTEST.toMillis());
    }

    /// The time to wait now.
    ///
    /// @param failures tries in a row that did not end in a stream; 0 after a stream that ended
    Duration next(int failures) {
        int doublings = Math.min(Math.max(failures - 1, 0), 20);
        long ceiling = Math.max(LONGEST.toMillis(), askedMillis);
        long millis = askedMillis > ceiling >> doublings ? ceiling : askedMillis << doublings;
        return Duration.ofMillis(millis + random.nextLong(millis / 2 + 1));
    }
}
