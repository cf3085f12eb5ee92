package io.spillgate.broker;

import java.security.SecureRandom;

/// Ids of the form `<epoch>-<seq>`: the epoch names one life of a broker, the sequence rises over
/// all topics.
///
/// An epoch is `s` and eleven more characters of `0-9a-z`.
public final class EventIds {
    private static final int EPOCH_LENGTH = 12;

    private final String prefix;

    EventIds(String epoch) {
        if (!epoch.matches("s[0-9a-z]{11}")) {
            throw new IllegalArgumentException("epoch " + epoch);
        }
        prefix = epoch + "-";
    }

    /// An epoch that no other life of a broker has.
    public static String newEpoch() {
        SecureRandom random = new SecureRandom();
        StringBuilder epoch = new StringBuilder("s");
        while (epoch.length() < EPOCH_LENGTH) {
            epoch.append(Character.forDigit(random.nextInt(36), 36));
        }
        return epoch.toString();
    }

    static int digits(long sequence) {
        int digits = 1;
        for (long rest = sequence; rest >= 10; rest /= 10) {
            digits++;
        }
        return digits;
    }

    String prefix() {
        return prefix;
    }

    String format(long sequence) {
        return prefix + sequence;
    }

    /// The sequence of an id of this life; -1 when the id belongs to another, -2 when it has
    /// another form.
    long sequence(String id) {
        if (!id.matches("s[0-9a-z]{11}-[0-9]{1,18}")) {
            return -2;
        }
        return id.startsWith(prefix) ? Long.parseLong(id.substring(prefix.length())) : -1;
    }
}
