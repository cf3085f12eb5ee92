package io.spillgate.log;

import org.jspecify.annotations.Nullable;

/// The form of positions: what stands for a sequence number in the ids that clients see. Given by
/// the broker; immutable, any thread.
public interface Lineage {
    /// What [#sequence] says of an id that belongs to another life of the log.
    long OTHER_LIFE = -1;

    /// What [#sequence] says of an id that is no position at all, but may be a publisher's own.
    long NO_POSITION = -2;

    /// Bytes of the longest id without a publisher's, and of what stands between the two.
    int mostBytes();

    /// The id of an event.
    ///
    /// @param publisherId what its publisher calls it; null when it gave no id
    String format(long sequence, @Nullable String publisherId);

    /// The sequence of an id, [#OTHER_LIFE] or [#NO_POSITION].
    long sequence(String id);
}
