package io.spillgate.log;

import java.util.ArrayList;
import java.util.List;

/// Someone who delivers events, as the logs know him. A topic costs nothing before its first event:
/// then every reader gets a watch of its log, and gives it back when nobody is interested.
public final class Reader {
    private static final News NONE = new News(List.of(), List.of());

    final Watcher watcher;
    private final Object lock;

    /// Watches of topics that have got events since the reader asked last; guarded by the lock of
    /// the logs.
    private List<Watch> begun = new ArrayList<>();

    /// Watches of topics that have lost events since then; guarded likewise.
    private List<Watch> lost = new ArrayList<>();

    Reader(Object lock, Watcher watcher) {
        this.lock = lock;
        this.watcher = watcher;
    }

    /// What has happened since the reader asked last, in this order.
    ///
    /// @param begun watches of topics that have begun to have events
    /// @param lost watches of topics events of which will never come: their streams can't go on as
    ///   if nothing was missing
    public record News(List<Watch> begun, List<Watch> lost) {}

    void begin(Watch watch) {
        assert Thread.holdsLock(lock);
        begun.add(watch);
    }

    void lose(Watch watch) {
        assert Thread.holdsLock(lock);
        lost.add(watch);
    }

    /// A watch was given back before the reader asked.
    void forget(Watch watch) {
        assert Thread.holdsLock(lock);
        begun.remove(watch);
        lost.remove(watch);
    }

    boolean hasNews() {
        assert Thread.holdsLock(lock);
        return !begun.isEmpty() || !lost.isEmpty();
    }

    News takeNews() {
        assert Thread.holdsLock(lock);
        if (!hasNews()) {
            return NONE;
        }
        News taken = new News(begun, lost);
        begun = new ArrayList<>();
        lost = new ArrayList<>();
        return taken;
    }
}
