package io.spillgate.config;

import java.time.Duration;
import java.util.List;

/// The checks that the records share; each throws [InvalidValue] with the key and the allowed
/// range.
final class Require {
    /// As a name in HTTP, a regular expression (RFC 9110 section 5.6.2).
    static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";

    private Require() {}

    static void between(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new InvalidValue(
                    key, "is " + value + ", must be between " + least + " and " + most);
        }
    }

    static void fraction(String key, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new InvalidValue(key, "is " + value + ", must be between 0 and 1");
        }
    }

    static void atLeast(String key, Duration value, Duration least) {
        if (value.compareTo(least) < 0) {
            throw new InvalidValue(
                    key,
                    "is "
                            + Durations.format(value)
                            + ", must be at least "
                            + Durations.format(least));
        }
    }

    static void bytesBetween(String key, ByteSize value, long least, long most) {
        if (value.bytes() < least || value.bytes() > most) {
            throw new InvalidValue(
                    key,
                    "is "
                            + value
                            + ", must be between "
                            + new ByteSize(least)
                            + " and "
                            + new ByteSize(most));
        }
    }

    /// Members of a list in a header: visible ASCII without commas.
    static void fieldMembers(String key, List<String> values) {
        for (String value : values) {
            if (value.isEmpty() || !value.chars().allMatch(c -> c > ' ' && c < 0x7f && c != ',')) {
                throw new InvalidValue(
                        key,
                        "has \"" + value + "\", must be visible ASCII without spaces and commas");
            }
        }
    }

    /// The value of a header: printable ASCII.
    static void fieldValue(String key, String value) {
        if (!value.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new InvalidValue(
                    key, "has control or non-ASCII characters, must be printable ASCII");
        }
    }

    /// `certificateFile` and `keyFile`, of which one is of no use without the other.
    static void pair(String certificateFile, String keyFile) {
        if (certificateFile.isEmpty() != keyFile.isEmpty()) {
            throw new InvalidValue(
                    "keyFile", "and the certificate file must be set together, or neither");
        }
    }

    /// `*` or origins; pages of all origins can't send credentials (Fetch standard).
    static void origins(
            String key, List<String> origins, String credentialsKey, boolean credentials) {
        boolean all = origins.contains("*");
        if (all && origins.size() > 1) {
            throw new InvalidValue(key, "has \"*\" beside other origins, must be \"*\" or origins");
        }
        if (all && credentials) {
            throw new InvalidValue(
                    credentialsKey,
                    "is true for all origins, which browsers refuse; list the origins");
        }
    }
}
