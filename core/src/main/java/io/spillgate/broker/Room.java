package io.spillgate.broker;

import io.spillgate.config.OverflowPolicy;

import java.util.ArrayList;
import java.util.List;

/// Whether a log takes another event, and the publishers that wait until it does.
///
/// There is no room while the fan-out is too far behind, under `block` also while a subscriber's
/// queue is full, and while the event that waits does not fit into the memory of all logs. Guarded
/// by the broker's lock, as [EventLog] asserts.
final class Room {
    /// How far publishers may run ahead of the fan-out, in events; so an event is offered to every
    /// subscriber before so many more arrive that a healthy one could seem slow.
    private static final int MAX_WINDOW = 1024;

    private final EventLog log;
    private final Memory memory;
    private final WaitingLine waiters = new WaitingLine();
    private long starvedBytes;

    Room(EventLog log, Memory memory) {
        this.log = log;
        this.memory = memory;
    }

    /// Whether nobody waits and nobody was called.
    boolean isUnused() {
        return waiters.isFree();
    }

    boolean hasWaiters() {
        return !waiters.isEmpty();
    }

    /// Whether a publisher may append now: there is room, and it is its turn.
    boolean admits(boolean waited) {
        return (waited || waiters.isFree()) && fits() && isWithinQueues();
    }

    /// A publisher found that its event does not fit into the memory.
    void starve(long bytes) {
        starvedBytes = bytes;
    }

    /// Whether the publishers that wait here wait for memory.
    boolean isStarved() {
        return !waiters.isEmpty() && !fits();
    }

    /// Whether an event that waits does not fit into the memory.
    boolean lacksMemory() {
        return !fits();
    }

    /// Whether it is short for all topics, and not only for those that block.
    boolean lacksSharedMemory() {
        return !waiters.isEmpty() && starvedBytes > 0 && !memory.fitsShared(starvedBytes);
    }

    /// Puts a publisher into the line, before the others if it was called already; false when it
    /// may try at once.
    boolean queue(Runnable retry, boolean waited) {
        if (admits(waited)) {
            waiters.letIn(retry);
            return false;
        }
        if (waited) {
            waiters.addFirst(retry);
        } else {
            waiters.addLast(retry);
        }
        if (!fits()) {
            memory.starve(log);
        }
        return true;
    }

    /// Takes out a publisher that gave up. What it needed is of no account any more: the next one
    /// tries, and says what it needs.
    void remove(Runnable retry) {
        waiters.remove(retry);
        starvedBytes = 0;
    }

    /// The publisher that was called has published or was refused.
    void settled() {
        waiters.settled();
        starvedBytes = 0;
    }

    /// Calls the first in the line if there is room.
    List<Runnable> admitHere() {
        if (waiters.isEmpty() || !fits() || !isWithinQueues()) {
            return List.of();
        }
        Runnable next = waiters.next();
        return next == null ? List.of() : List.of(next);
    }

    /// Calls those who may try again, here and, because memory may have been freed, elsewhere.
    List<Runnable> admit() {
        List<Runnable> here = admitHere();
        List<Runnable> elsewhere = memory.relieved();
        if (elsewhere.isEmpty()) {
            return here;
        }
        List<Runnable> all = new ArrayList<>(here);
        all.addAll(elsewhere);
        return all;
    }

    private boolean fits() {
        return starvedBytes == 0 || memory.fits(log.settings().policy(), starvedBytes);
    }

    /// One event may exceed the bytes.
    private boolean isWithinQueues() {
        TopicSettings settings = log.settings();
        boolean block = settings.policy() == OverflowPolicy.BLOCK;
        long from = log.firstWaiting(block);
        long head = log.headIndex();
        if (from == head) {
            return true;
        }
        int events = block ? settings.queueSize() : Math.min(settings.queueSize(), MAX_WINDOW);
        return head - from < events && log.bytesBetween(from, head) < settings.queueBytes();
    }
}
