package io.spillgate.http.tls;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// The places of handshakes in progress, over all loops of a listener. Who comes when all are taken
/// waits in line. Thread safe.
final class HandshakeLimit {
    private final AtomicInteger running = new AtomicInteger();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private volatile int limit;

    HandshakeLimit(int limit) {
        this.limit = limit;
    }

    /// Another number of places, for those who come from now on.
    void limit(int changed) {
        limit = changed;
        admit();
    }

    /// Asks for a place.
    ///
    /// @param begin run when there is one, on any thread: must only schedule work; it or what it
    ///   begins gives the place back with [#end]
    void ask(Runnable begin) {
        waiting.add(begin);
        admit();
    }

    /// Gives a place back.
    void end() {
        running.decrementAndGet();
        admit();
    }

    private void admit() {
        while (!waiting.isEmpty() && tryTake()) {
            Runnable first = waiting.poll();
            if (first == null) {
                running.decrementAndGet();
            } else {
                first.run();
            }
        }
    }

    private boolean tryTake() {
        int now = running.get();
        while (now < limit) {
            if (running.compareAndSet(now, now + 1)) {
                return true;
            }
            now = running.get();
        }
        return false;
    }
}
