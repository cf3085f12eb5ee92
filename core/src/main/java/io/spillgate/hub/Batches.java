package io.spillgate.hub;

import java.util.ArrayList;
import java.util.List;

/// The batches of events that one loop has laid out last, for each wire: one for those who keep up,
/// one for those who are behind. Confined to the loop, as [Shard] asserts.
final class Batches {
    private final List<OfWire> all = new ArrayList<>(2);

    /// The events from the next one of a queue on, laid out for a write; valid until the next call.
    Batch of(Cursor queue, long end, Wire wire) {
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
        private final Batch fresh;
        private final Batch older;

        OfWire(Wire wire) {
            this.wire = wire;
            fresh = new Batch(wire);
            older = new Batch(wire);
        }

        Batch of(Cursor queue, long end) {
            long from = queue.next();
            if (fresh.covers(queue.log(), from, end)) {
                return fresh;
            }
            if (older.covers(queue.log(), from, end)) {
                return older;
            }
            Batch batch = queue.isBehind() ? older : fresh;
            batch.assemble(queue.log(), from, end);
            return batch;
        }

        void clear() {
            fresh.clear();
            older.clear();
        }
    }
}
