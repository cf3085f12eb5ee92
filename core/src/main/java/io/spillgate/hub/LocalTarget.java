package io.spillgate.hub;

import java.util.List;

/// Where the events of a [LocalSubscriber] go. Called on its loop; must only schedule work.
public interface LocalTarget {
    /// Takes a few events and notices, in their order.
    ///
    /// @param done to be run once, on any thread, when it has done with them: then more may come
    void take(List<Delivery> batch, Runnable done);

    /// There will be nothing more; called once.
    void ended(StreamEnd why);

    /// One thing that is told.
    sealed interface Delivery {
        /// An event.
        ///
        /// @param entry as it is in the log
        record Event(io.spillgate.log.LogEntry entry) implements Delivery {}

        /// Something of the hub's own.
        ///
        /// @param notice an opening with a gap, or an overflow
        record Told(Notice notice) implements Delivery {}
    }
}
