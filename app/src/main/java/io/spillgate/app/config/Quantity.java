package io.spillgate.app.config;

import io.spillgate.config.ByteSize;
import io.spillgate.config.Durations;
import io.spillgate.config.InvalidValue;
import io.spillgate.config.SizeLimit;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Numbers with units, as people write them.
final class Quantity {
    private static final Pattern FORM =
            Pattern.compile("([0-9]{1,19}(?:\\.[0-9]{1,9})?)(?:\\.(?=\\p{L}))?\\s*([\\p{L}]*)");
    private static final Pattern WHOLE = Pattern.compile("([+-]?[0-9]{1,19})\\s*([kKmM]?)");

    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{0,9}(\\.?[0-9]{1,9})");

    private static final Map<String, ChronoUnit> TIME_UNITS =
            Map.ofEntries(
                    Map.entry("ns", ChronoUnit.NANOS),
                    Map.entry("nano", ChronoUnit.NANOS),
                    Map.entry("nanos", ChronoUnit.NANOS),
                    Map.entry("nanosecond", ChronoUnit.NANOS),
                    Map.entry("nanoseconds", ChronoUnit.NANOS),
                    Map.entry("us", ChronoUnit.MICROS),
                    Map.entry("micro", ChronoUnit.MICROS),
                    Map.entry("micros", ChronoUnit.MICROS),
                    Map.entry("microsecond", ChronoUnit.MICROS),
                    Map.entry("microseconds", ChronoUnit.MICROS),
                    Map.entry("ms", ChronoUnit.MILLIS),
                    Map.entry("milli", ChronoUnit.MILLIS),
                    Map.entry("millis", ChronoUnit.MILLIS),
                    Map.entry("millisecond", ChronoUnit.MILLIS),
                    Map.entry("milliseconds", ChronoUnit.MILLIS),
                    Map.entry("s", ChronoUnit.SECONDS),
                    Map.entry("sec", ChronoUnit.SECONDS),
                    Map.entry("secs", ChronoUnit.SECONDS),
                    Map.entry("second", ChronoUnit.SECONDS),
                    Map.entry("seconds", ChronoUnit.SECONDS),
                    Map.entry("m", ChronoUnit.MINUTES),
                    Map.entry("min", ChronoUnit.MINUTES),
                    Map.entry("mins", ChronoUnit.MINUTES),
                    Map.entry("minute", ChronoUnit.MINUTES),
                    Map.entry("minutes", ChronoUnit.MINUTES),
                    Map.entry("h", ChronoUnit.HOURS),
                    Map.entry("hour", ChronoUnit.HOURS),
                    Map.entry("hours", ChronoUnit.HOURS),
                    Map.entry("d", ChronoUnit.DAYS),
                    Map.entry("day", ChronoUnit.DAYS),
                    Map.entry("days", ChronoUnit.DAYS));

    private static final Map<String, Long> BYTE_UNITS =
            Map.ofEntries(
                    Map.entry("", 1L),
                    Map.entry("b", 1L),
                    Map.entry("byte", 1L),
                    Map.entry("bytes", 1L),
                    Map.entry("kb", 1000L),
                    Map.entry("mb", 1000_000L),
                    Map.entry("gb", 1000_000_000L),
                    Map.entry("k", 1L << 10),
                    Map.entry("ki", 1L << 10),
                    Map.entry("kib", 1L << 10),
                    Map.entry("m", 1L << 20),
                    Map.entry("mi", 1L << 20),
                    Map.entry("mib", 1L << 20),
                    Map.entry("g", 1L << 30),
                    Map.entry("gi", 1L << 30),
                    Map.entry("gib", 1L << 30));

    private Quantity() {}

    /// A time: `10s`, `250 ms`, `1.5 min`, `1.second`, `infinite`; 0 needs no unit.
    ///
    /// @param bare the unit of a number that has none; empty = it must have one
    /// @throws InvalidValue when the text is none
    static Duration duration(String text, Optional<ChronoUnit> bare) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        if (isInfinite(text)) {
            return Durations.INFINITE;
        }
        String allowed =
                "must be a time such as 10s, 250ms, 5min or infinite"
                        + bare.map(unit ->
                                        ", or a number of "
                                                + unit.toString().toLowerCase(Locale.ROOT))
                                .orElse("");
        Matcher matcher = FORM.matcher(lower);
        if (!matcher.matches()) {
            throw new InvalidValue("is " + Quoted.excerpt(text) + ", " + allowed);
        }
        String unitName = matcher.group(2);
        if (lower.equals("0")) {
            return Duration.ZERO;
        }
        if (unitName.isEmpty() && bare.isEmpty()) {
            throw new InvalidValue(
                    "is "
                            + Quoted.excerpt(text)
                            + " without a unit, must have one, as in 10s or 250ms");
        }
        ChronoUnit unit = unitName.isEmpty() ? bare.get() : TIME_UNITS.get(unitName);
        if (unit == null) {
            throw new InvalidValue("is " + Quoted.excerpt(text) + ", " + allowed);
        }
        BigDecimal nanos =
                new BigDecimal(matcher.group(1))
                        .multiply(BigDecimal.valueOf(unit.getDuration().toNanos()));
        return Duration.ofNanos(exact(text, nanos, "the longest time is 292 years, or infinite"));
    }

    /// A number of bytes: `8192`, `64KiB`, `1 MB`; `k`, `m` and `g` alone are powers of 1024.
    ///
    /// @throws InvalidValue when the text is none
    static ByteSize bytes(String text) {
        Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        Long unit = matcher.matches() ? BYTE_UNITS.get(matcher.group(2)) : null;
        if (unit == null) {
            throw new InvalidValue(
                    "is " + Quoted.excerpt(text) + ", must be a size such as 8192, 64KiB or 1 MB");
        }
        BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
        return new ByteSize(exact(text, bytes, "must be less than 8 EiB"));
    }

    /// A number of bytes, or `infinite`.
    ///
    /// @throws InvalidValue when the text is neither
    static SizeLimit sizeLimit(String text) {
        return isInfinite(text) ? SizeLimit.INFINITE : new SizeLimit(bytes(text).bytes());
    }

    /// A number: `0.95`, `1`.
    ///
    /// @throws InvalidValue when the text is none
    static double fraction(String text) {
        if (!NUMBER.matcher(text.strip()).matches()) {
            throw new InvalidValue("is " + Quoted.excerpt(text) + ", must be a number like 0.95");
        }
        return Double.parseDouble(text.strip());
    }

    /// A whole number: `500`, `100k` (thousands), `2M` (millions).
    ///
    /// @throws InvalidValue when the text is none or does not fit
    static int count(String text) {
        Matcher matcher = WHOLE.matcher(text.strip());
        if (!matcher.matches()) {
            throw new InvalidValue(
                    "is " + Quoted.excerpt(text) + ", must be a whole number such as 500 or 100k");
        }
        long factor =
                switch (matcher.group(2)) {
                    case "k", "K" -> 1000;
                    case "m", "M" -> 1000_000;
                    default -> 1;
                };
        BigInteger value = new BigInteger(matcher.group(1)).multiply(BigInteger.valueOf(factor));
        if (value.bitLength() > 31) {
            throw new InvalidValue(
                    "is "
                            + Quoted.excerpt(text)
                            + ", must be between "
                            + Integer.MIN_VALUE
                            + " and "
                            + Integer.MAX_VALUE);
        }
        return value.intValueExact();
    }

    private static boolean isInfinite(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        return lower.equals("infinite") || lower.equals("inf");
    }

    private static long exact(String text, BigDecimal value, String allowed) {
        if (value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new InvalidValue("is " + Quoted.excerpt(text) + ", " + allowed);
        }
        if (value.stripTrailingZeros().scale() > 0) {
            throw new InvalidValue(
                    "is "
                            + Quoted.excerpt(text)
                            + ", must not have a fraction of the smallest unit");
        }
        return value.longValueExact();
    }
}
