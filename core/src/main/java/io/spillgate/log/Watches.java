package io.spillgate.log;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The watches of one log, one for each event loop that delivers it. Guarded by the lock of the
/// logs, as [EventLog] asserts.
final class Watches {
    private final List<Watch> watches = new ArrayList<>(1);

    boolean isEmpty() {
        return watches.isEmpty();
    }

    /// The reader's watch, which begins at this index if there is none.
    Watch of(Reader reader, EventLog log, long start, TopicSettings settings) {
        for (Watch watch : watches) {
            if (watch.reader == reader) {
                return watch;
            }
        }
        Watch watch = new Watch(log, reader, start, settings);
        watches.add(watch);
        return watch;
    }

    void remove(Watch watch) {
        watches.remove(watch);
    }

    /// The first index that somebody still has to read; `head` when there is none.
    long keepFrom(long head) {
        long first = head;
        for (Watch watch : watches) {
            first = Math.min(first, Math.min(watch.keepFrom, watch.offeredTo));
        }
        return first;
    }

    /// The first index that was not offered to everyone, or that waits in somebody's queue if
    /// `queued`; `head` when there is none.
    long firstWaiting(long head, boolean queued) {
        long first = head;
        for (Watch watch : watches) {
            long offered = watch.offeredTo;
            first = Math.min(first, queued ? Math.min(watch.queuedFrom, offered) : offered);
        }
        return first;
    }

    /// Hands over the watches whose watchers were not woken since they looked.
    void wake(Consumer<Watch> wakes) {
        for (Watch watch : watches) {
            if (!watch.woken) {
                watch.woken = true;
                wakes.accept(watch);
            }
        }
    }

    /// All watchers have to tell their subscribers of a loss.
    void lose() {
        for (Watch watch : watches) {
            if (!watch.lost) {
                watch.lost = true;
                watch.reader.lose(watch);
            }
        }
    }

    /// Asks all watchers to let go of what their slowest subscribers wait for.
    void squeeze() {
        watches.forEach(watch -> watch.squeezed = true);
    }

    /// Whether a watcher was asked to let go and has not looked since.
    boolean isSqueezed() {
        for (Watch watch : watches) {
            if (watch.squeezed) {
                return true;
            }
        }
        return false;
    }
}
