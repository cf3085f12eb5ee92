package io.spillgate.hub;

/// The runs of events that one loop has laid out last: one for those who keep up, one for those who
/// are behind. Confined to the loop, as [Subscriber] asserts.
final class Runs {
    private final Run fresh = new Run();
    private final Run older = new Run();

    /// The events from the next one of a queue on, laid out for a write; valid until the next call.
    Run of(Subscription queue, long end, boolean chunked) {
        long from = queue.next();
        if (fresh.covers(queue.log(), from, end, chunked)) {
            return fresh;
        }
        if (older.covers(queue.log(), from, end, chunked)) {
            return older;
        }
        Run run = queue.isBehind() ? older : fresh;
        run.assemble(queue.log(), from, end, chunked);
        return run;
    }

    /// Lets go of the events, so that memory is not held by topics that fell silent.
    void clear() {
        fresh.clear();
        older.clear();
    }
}
