package io.spillgate.log;

import java.util.ArrayList;
import java.util.List;

/// What follows from the steps that are taken under the lock of the logs, and is done when it is
/// released: watchers are woken, publishers hear what became of their events. Guarded by that lock
/// until it is taken.
final class Effects {
    private final Object lock;
    private List<Watch> wakes = new ArrayList<>(2);
    private List<Runnable> outcomes = new ArrayList<>(0);

    /// @param lock that of the logs
    Effects(Object lock) {
        this.lock = lock;
    }

    void wake(Watch watch) {
        assert Thread.holdsLock(lock);
        wakes.add(watch);
    }

    void settle(Publisher publisher, Publication outcome) {
        assert Thread.holdsLock(lock);
        outcomes.add(() -> publisher.settled(outcome));
    }

    /// What has gathered, to be run without the lock.
    Runnable take() {
        assert Thread.holdsLock(lock);
        if (wakes.isEmpty() && outcomes.isEmpty()) {
            return Effects::nothing;
        }
        List<Watch> woken = wakes;
        wakes = new ArrayList<>(2);
        if (outcomes.isEmpty()) {
            return () -> wake(woken);
        }
        List<Runnable> settled = outcomes;
        outcomes = new ArrayList<>(0);
        return () -> {
            wake(woken);
            settled.forEach(Runnable::run);
        };
    }

    private static void wake(List<Watch> woken) {
        woken.forEach(watch -> watch.reader.watcher.wake(watch));
    }

    private static void nothing() {}
}
