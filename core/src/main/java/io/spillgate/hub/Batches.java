package io.spillgate.hub;

import io.spillgate.log.EventLog;

import java.util.ArrayList;
import java.util.List;

/// The batches of events that one loop has laid out last, for each wire: one for those who keep up,
/// one for those who are behind. Confined to the loop, as [Shard] asserts.
final class Batches {
    private final List<OfWire> all = new ArrayList<>(2);

    /// The events of a log from one index to another (exclusive), laid out for a write; valid until
    /// the next call.
    ///
    /// @param isBehind whether those who keep up are further
    Batch of(EventLog log, long from, long end, boolean isBehind, Wire wire) {
        return of(wire).of(log, from, end, isBehind);
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

        Batch of(EventLog log, long from, long end, boolean isBehind) {
            if (fresh.covers(log, from, end)) {
                return fresh;
            }
            if (older.covers(log, from, end)) {
                return older;
            }
            Batch batch = isBehind ? older : fresh;
            batch.assemble(log, from, end);
            return batch;
        }

        void clear() {
            fresh.clear();
            older.clear();
        }
    }
}
