package io.spillgate.broker;

import io.spillgate.log.Lineage;
import io.spillgate.sse.Event;

import org.jspecify.annotations.Nullable;

import java.security.SecureRandom;

/// Ids of the form `<epoch>-<seq>`, or `<epoch>-<seq>:<id of the publisher>`: the epoch names one
/// life of a broker, the sequence rises over all topics.
///
/// So whatever a publisher calls its events, what a client comes back with says where it was. An
/// epoch is `s` and eleven more characters of `0-9a-z`.
public final class EventIds implements Lineage {
    private static final int MOST_BYTES = 32;
    private static final int EPOCH_LENGTH = 12;
    private static final int MOST_DIGITS = 18;

    private final String prefix;

    /// The ids of one life.
    ///
    /// @throws IllegalArgumentException if the epoch has another form
    public EventIds(String epoch) {
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

    @Override
    public int mostBytes() {
        return MOST_BYTES;
    }

    @Override
    public String format(long sequence, @Nullable String publisherId) {
        String position = prefix + sequence;
        return publisherId == null ? position : position + Event.ID_SEPARATOR + publisherId;
    }

    @Override
    public long sequence(String id) {
        if (!Event.isOwnForm(id)) {
            return NO_POSITION;
        }
        long sequence = 0;
        int at = EPOCH_LENGTH + 1;
        for (; at < id.length() && id.charAt(at) != Event.ID_SEPARATOR; at++) {
            int digit = id.charAt(at) - '0';
            if (digit < 0 || digit > 9 || at > EPOCH_LENGTH + MOST_DIGITS) {
                return NO_POSITION;
            }
            sequence = sequence * 10 + digit;
        }
        return id.startsWith(prefix) ? sequence : OTHER_LIFE;
    }
}
