package io.spillgate.app.config;

import io.spillgate.config.AffinityConfig;
import io.spillgate.config.BindAddress;
import io.spillgate.config.ByteSize;
import io.spillgate.config.Durations;
import io.spillgate.config.InvalidValue;
import io.spillgate.config.NetworkLog;
import io.spillgate.config.SizeLimit;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A type of single value: how it is read and how it is printed.
///
/// @param parse throws [InvalidValue] with "is X, must be Y"
/// @param format gives TOML that `parse` reads back
record Leaf(Function<String, Object> parse, Function<Object, String> format) {
    private static final List<String> TRUE = List.of("true", "yes", "on");
    private static final List<String> FALSE = List.of("false", "no", "off");

    /// The leaf for a record component of this type.
    ///
    /// @param bare the unit of a duration without one
    /// @return empty when the type is not a single value
    static Optional<Leaf> of(Class<?> type, Optional<ChronoUnit> bare) {
        if (type == int.class || type == Integer.class) {
            return Optional.of(new Leaf(Quantity::count, Object::toString));
        }
        if (type == double.class) {
            return Optional.of(new Leaf(Quantity::fraction, Object::toString));
        }
        if (type == boolean.class || type == Boolean.class) {
            return Optional.of(new Leaf(Leaf::truth, Object::toString));
        }
        if (type == String.class) {
            return Optional.of(new Leaf(text -> text, text -> Quoted.literal((String) text)));
        }
        if (type == ByteSize.class) {
            return Optional.of(new Leaf(Quantity::bytes, size -> Quoted.literal(size.toString())));
        }
        if (type == SizeLimit.class) {
            return Optional.of(
                    new Leaf(Quantity::sizeLimit, limit -> Quoted.literal(limit.toString())));
        }
        if (type == NetworkLog.class) {
            return Optional.of(new Leaf(NetworkLog::parse, log -> Quoted.literal(log.toString())));
        }
        if (type == BindAddress.class) {
            return Optional.of(
                    new Leaf(BindAddress::parse, address -> Quoted.literal(address.toString())));
        }
        if (type == AffinityConfig.class) {
            return Optional.of(
                    new Leaf(AffinityConfig::parse, one -> Quoted.literal(one.toString())));
        }
        if (type == Duration.class) {
            return Optional.of(
                    new Leaf(
                            text -> Quantity.duration(text, bare),
                            time -> format((Duration) time, bare)));
        }
        if (type.isEnum()) {
            return Optional.of(
                    new Leaf(
                            text -> constant(type, text),
                            value -> Quoted.literal(value.toString().toLowerCase(Locale.ROOT))));
        }
        return Optional.empty();
    }

    private static Object truth(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        if (!TRUE.contains(lower) && !FALSE.contains(lower)) {
            throw new InvalidValue("is " + Quoted.excerpt(text) + ", must be true or false");
        }
        return TRUE.contains(lower);
    }

    private static String format(Duration time, Optional<ChronoUnit> bare) {
        if (bare.isEmpty() || Durations.isInfinite(time)) {
            return Quoted.literal(Durations.format(time));
        }
        long unitNanos = bare.get().getDuration().toNanos();
        return time.toNanos() % unitNanos == 0
                ? Long.toString(time.toNanos() / unitNanos)
                : Quoted.literal(Durations.format(time));
    }

    /// A constant is named by its `toString`, in any case.
    private static Object constant(Class<?> type, String text) {
        String wanted = Relaxed.name(text.strip());
        Object[] constants = type.getEnumConstants();
        for (Object constant : constants) {
            if (Relaxed.name(constant.toString()).equals(wanted)) {
                return constant;
            }
        }
        throw new InvalidValue(
                "is "
                        + Quoted.excerpt(text)
                        + ", must be one of "
                        + Arrays.stream(constants)
                                .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", ")));
    }
}
