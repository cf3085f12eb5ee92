package io.spillgate.hub;

import java.util.ArrayList;
import java.util.List;

/// The runs of events that one loop has laid out last, for each wire: one for those who keep up,
/// one for those who are behind. Confined to the loop, as [Shard] asserts.
final class Runs {
    private final List<OfWire> all = new ArrayList<>(2);

    /// The events from the next one of a queue on, laid out for a write; valid until the next call.
    Run of(Subscription queue, long end, Wire wire) {
        return of(wire).of(queue, end);
    }

    /// Lets go of the events, so that memory is not held by topics that fell silent.
    void clear() {
        all.forEach(OfWire::clear);
    }

    private OfWire of(Wire wire) {
        for (OfWire one : all) {
            if (one.wire.equals(wire)) {
                return one;
            }
        }
        OfWire first = new OfWire(wire);
        all.add(first);
        return first;
    }

    private static final class OfWire {
        private final Wire wire;
        private final Run fresh;
        private final Run older;

        OfWire(Wire wire) {
            this.wire = wire;
            fresh = new Run(wire);
            older = new Run(wire);
        }

        Run of(Subscription queue, long end) {
            long from = queue.next();
            if (fresh.covers(queue.log(), from, end)) {
                return fresh;
            }
            if (older.covers(queue.log(), from, end)) {
                return older;
            }
            Run run = queue.isBehind() ? older : fresh;
            run.assemble(queue.log(), from, end);
            return run;
        }

        void clear() {
            fresh.clear();
            older.clear();
        }
    }
}
