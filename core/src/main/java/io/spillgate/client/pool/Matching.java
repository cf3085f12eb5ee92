package io.spillgate.client.pool;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Which connection goes to whom of those who wait, and which is to be opened or has to go for
/// them. Guarded by the pool's lock, as [Ledger] asserts.
final class Matching {
    private final PoolSettings settings;
    private final Endpoints endpoints;
    private final Connections connections;

    Matching(PoolSettings settings, Endpoints endpoints, Connections connections) {
        this.settings = settings;
        this.endpoints = endpoints;
        this.connections = connections;
    }

    /// The connection that a call is to take now; null when there is none.
    ///
    /// A connection that is being opened is waited for while everybody in line has one: until an
    /// address fails, or takes long. So no request goes deeper into a connection, or to an address
    /// with more to do, because the better one takes a moment.
    ///
    /// @param waiting how many stand in its line, with this one
    @Nullable PooledConnection ready(Line line, Call call, int waiting, long nowNanos) {
        Endpoint at = line.at();
        if (call.needsFresh) {
            return endpoints.takeFresh(at);
        }
        boolean promised = waiting <= line.prompt();
        boolean opens = waiting > line.opening();
        PooledConnection idle = idle(at, call, promised, opens, nowNanos);
        if (idle != null || promised || !mayShare(call)) {
            return idle;
        }
        return opens && choose(line, nowNanos) != null ? null : connections.leastBusy(at, nowNanos);
    }

    /// An address to which one more connection may be opened now for a line; null when there is
    /// none, or enough are being opened.
    @Nullable Endpoint chooseFor(Line line, long nowNanos) {
        return line.waiting().size() > line.opening() ? choose(line, nowNanos) : null;
    }

    /// An idle connection that has to go so that the first of a line can have another one; null
    /// when there is none.
    ///
    /// @param idles whether nobody can use what is idle
    @Nullable PooledConnection inTheWay(Line line, boolean idles, long nowNanos) {
        boolean fresh = line.waiting().head().needsFresh;
        Endpoint at = line.at();
        if (at == null) {
            return fresh ? endpoints.anyIdle(null) : null;
        }
        if (!endpoints.wouldOpen(at, nowNanos)) {
            return fresh ? endpoints.anyIdle(at) : null;
        }
        boolean urgent = fresh || idles || at.connections() == 0;
        boolean needed = line.waiting().size() > line.opening() && !connections.willHaveRoom();
        return urgent && needed ? endpoints.anyIdle(null) : null;
    }

    /// Whether a call may go on a connection that others are on.
    boolean mayShare(Call call) {
        return settings.depth() > 1 && call.isPipelinable() && !call.needsFresh;
    }

    private @Nullable PooledConnection idle(
            @Nullable Endpoint at, Call call, boolean promised, boolean opens, long nowNanos) {
        if (at != null) {
            return endpoints.takeIdle(at, call.loop(), nowNanos);
        }
        return promised
                ? endpoints.takeInstead(call.loop(), nowNanos)
                : endpoints.takeIdle(call.loop(), opens, nowNanos);
    }

    private @Nullable Endpoint choose(Line line, long nowNanos) {
        Endpoint at = line.at();
        if (at == null) {
            return endpoints.choose(List.of(), nowNanos);
        }
        return endpoints.mayOpen(at, nowNanos) ? at : null;
    }
}
