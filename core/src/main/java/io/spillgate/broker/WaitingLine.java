package io.spillgate.broker;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;

/// The publishers that wait for room in one log: first come, first served.
///
/// One at a time is called, and until it has tried or given up nobody else is let in; so no
/// newcomer takes the room that it was called for. Guarded by the broker's lock, as [EventLog]
/// asserts.
final class WaitingLine {
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>(0);
    private @Nullable Runnable called;

    /// Whether nobody waits to be called.
    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /// Whether a newcomer has nobody before it.
    boolean isFree() {
        return called == null && waiting.isEmpty();
    }

    void addLast(Runnable retry) {
        waiting.addLast(retry);
    }

    /// The one that was called found no room after all.
    void addFirst(Runnable retry) {
        called = null;
        waiting.addFirst(retry);
    }

    /// Gives the turn to one that need not be called, because it asks just now.
    void letIn(Runnable retry) {
        called = retry;
    }

    /// The one whose turn it is has published or was refused.
    void settled() {
        called = null;
    }

    /// Takes out one that gave up, called or not.
    void remove(Runnable retry) {
        if (retry.equals(called)) {
            called = null;
        } else {
            waiting.remove(retry);
        }
    }

    /// Gives the turn to the first in the line; null when another one has it or nobody waits.
    @Nullable Runnable next() {
        if (called == null) {
            called = waiting.pollFirst();
            return called;
        }
        return null;
    }
}
