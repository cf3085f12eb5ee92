package io.spillgate.client.pool;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/// The addresses of a pool. Guarded by the pool's lock, as [Ledger] asserts.
final class Endpoints {
    private final PoolSettings settings;
    private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    private final Backoff shared;
    private final List<Endpoint> all = new ArrayList<>();
    private int rotation;

    Endpoints(PoolSettings settings) {
        this.settings = settings;
        shared = backoff();
    }

    List<Endpoint> all() {
        return all;
    }

    /// One to which a connection may be opened now: that with the fewest, in turn among equals;
    /// null when there is none.
    @Nullable Endpoint choose(List<Endpoint> except, long nowNanos) {
        Endpoint best = null;
        int count = all.size();
        for (int i = 0; i < count; i++) {
            Endpoint one = all.get((rotation + i) % count);
            if (one.mayOpen(settings.connectionsPerAddress(), nowNanos)
                    && !except.contains(one)
                    && (best == null || one.connections() < best.connections())) {
                best = one;
            }
        }
        rotation = count == 0 ? 0 : (rotation + 1) % count;
        return best;
    }

    /// Takes over which addresses there are now; those that are gone are retired.
    void change(List<InetSocketAddress> now) {
        Set<InetSocketAddress> missing = new HashSet<>(now);
        for (Endpoint endpoint : all) {
            if (!missing.remove(endpoint.address())) {
                endpoint.retire();
            }
        }
        all.removeIf(Endpoint::isRetired);
        for (InetSocketAddress address : now) {
            if (missing.remove(address)) {
                boolean alone = settings.backoffPerAddress();
                all.add(new Endpoint(address, alone ? backoff() : shared, alone));
            }
        }
    }

    /// A connection could be opened to none of them; where they back off together, they do now.
    void allFailed(long firstAttempt, long nowNanos) {
        if (!settings.backoffPerAddress()) {
            shared.failed(firstAttempt, nowNanos);
        }
    }

    private Backoff backoff() {
        return new Backoff(
                settings.pool().baseConnectionBackoff().toNanos(),
                settings.pool().maxConnectionBackoff().toNanos(),
                random);
    }
}
