package io.spillgate.broker;

import java.util.ArrayList;
import java.util.List;

/// A watcher as the broker knows it. A topic costs the broker nothing before its first event: then
/// every reader gets a watch of its log, and gives it back when nobody is interested.
public final class Reader {
    final Watcher watcher;
    private final Object lock;

    /// Watches of topics that have got events since the reader asked last; guarded by the broker's
    /// lock.
    private List<Watch> begun = new ArrayList<>();

    Reader(Object lock, Watcher watcher) {
        this.lock = lock;
        this.watcher = watcher;
    }

    void begin(Watch watch) {
        assert Thread.holdsLock(lock);
        begun.add(watch);
    }

    /// A watch was given back before it was told.
    void forget(Watch watch) {
        assert Thread.holdsLock(lock);
        begun.remove(watch);
    }

    boolean hasBegun() {
        assert Thread.holdsLock(lock);
        return !begun.isEmpty();
    }

    List<Watch> takeBegun() {
        assert Thread.holdsLock(lock);
        if (begun.isEmpty()) {
            return List.of();
        }
        List<Watch> taken = begun;
        begun = new ArrayList<>();
        return taken;
    }
}
