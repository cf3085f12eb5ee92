package io.spillgate.app.config;

import io.spillgate.config.Bare;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Times that were probably meant in seconds: numbers without a unit, less than a second, in keys
/// that count milliseconds and are usually much longer.
final class BareTimes {
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration USUALLY_LONG = Duration.ofSeconds(5);

    private final Map<String, String> warnings = new LinkedHashMap<>();

    /// Looks at what a key was set to; the last look at a key holds.
    ///
    /// @param value empty when it is unusable
    /// @param usual what holds when the key is not set
    void look(Key key, KeyPath path, Node written, Optional<Object> value, Optional<Object> usual) {
        warnings.remove(path.shown());
        Bare bare = key.component().getAnnotation(Bare.class);
        if (bare != null
                && bare.value() == ChronoUnit.MILLIS
                && written instanceof Node.Scalar(Place place, String text)
                && text.strip().matches("[0-9]+")
                && plain(usual).map(USUALLY_LONG::compareTo).orElse(0) <= 0
                && plain(value).filter(BareTimes::isShort).isPresent()) {
            warnings.put(path.shown(), warning(place, path, plain(value).orElseThrow().toMillis()));
        }
    }

    /// One line each.
    List<String> warnings() {
        return List.copyOf(warnings.values());
    }

    private static boolean isShort(Duration time) {
        return time.isPositive() && time.compareTo(SHORT) < 0;
    }

    /// A time, also of a key that may be absent.
    private static Optional<Duration> plain(Optional<Object> value) {
        return value.flatMap(
                        known -> known instanceof Optional<?> maybe ? maybe : Optional.of(known))
                .map(Duration.class::cast);
    }

    private static String warning(Place place, KeyPath path, long millis) {
        return "%s: %s: is %d milliseconds, because a number without a unit means that here; is \"%ds\" meant?"
                .formatted(place, path.shown(), millis, millis);
    }
}
