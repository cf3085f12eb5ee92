package io.spillgate;

import io.spillgate.admission.Admission;
import io.spillgate.config.Durations;
import io.spillgate.config.ServerConfig;
import io.spillgate.hub.Hub;
import io.spillgate.lifecycle.Drain;
import io.spillgate.lifecycle.Lifecycle;
import io.spillgate.limits.ConnectionLimit;
import io.spillgate.listener.ListenerPolicy;
import io.spillgate.local.LocalHub;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// The end of a gateway: who is told, who is waited for, and what is cut when the time is over.
/// Thread safe.
final class Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);
    private static final long LONGEST_SPREAD_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long LATELY_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final LongSupplier nanoTime;
    private final Lifecycle lifecycle;
    private final Listeners listeners;
    private final ConnectionLimit connections;
    private final Hub hub;
    private final LocalHub local;
    private final Admission admission;
    private final Drain drain;

    /// @param connections of the public listeners
    /// @param thread where to look what is left; not that of an event loop, which may be stuck
    @SuppressWarnings("this-escape") // final class; the drain only keeps the references
    Shutdown(
            Lifecycle lifecycle,
            Listeners listeners,
            ConnectionLimit connections,
            Hub hub,
            LocalHub local,
            Admission admission,
            ScheduledExecutorService thread,
            LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.lifecycle = lifecycle;
        this.listeners = listeners;
        this.connections = connections;
        this.hub = hub;
        this.local = local;
        this.admission = admission;
        drain =
                new Drain(
                        lifecycle,
                        this::isIdle,
                        this::isQuiet,
                        this::endGrace,
                        thread,
                        this::report,
                        nanoTime);
        drain.ended().thenAccept(this::abortUnless);
    }

    /// Begins it, once. The clock runs before anything else is done, so that it is over in time
    /// even if everything behind fails.
    void begin(ServerConfig server) {
        if (!lifecycle.drain()) {
            return;
        }
        attempt("log", () -> logBegin(server));
        attempt(
                "begin",
                () ->
                        drain.begin(
                                Durations.nanos(server.shutdownTimeout()),
                                Durations.nanos(server.graceOfShutdown())));
    }

    /// Completes when it is over: true when nothing was left, false when the rest was aborted.
    CompletableFuture<Boolean> ended() {
        return drain.ended();
    }

    /// What is left; empty when it has not begun.
    Map<String, Object> state() {
        if (!lifecycle.isEnding()) {
            return Map.of();
        }
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("streams", hub.streams());
        state.put("connections", connections.active());
        state.put("inflight", admission.inFlight());
        state.put("queued", admission.queued());
        state.put("secondsLeft", TimeUnit.NANOSECONDS.toSeconds(drain.leftNanos()));
        return state;
    }

    /// Cuts everything at once.
    void abort() {
        attempt("abort_streams", hub::abort);
        listeners.all().forEach(listener -> attempt("abort_connections", listener::abort));
    }

    /// One step of an end. It may fail, because a loop is gone or memory is missing; then the next
    /// one follows all the same.
    static void attempt(String what, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            LOG.error("shutdown_step_failed step={}", what, e);
        }
    }

    /// Whoever has not noticed until now that the gateway goes has to.
    private void endGrace() {
        listeners
                .of(ListenerPolicy.PUBLIC)
                .forEach(listener -> attempt("stop_accepting", listener::stopAccepting));
        long half = drain.leftNanos() / 2;
        attempt("end_streams", () -> hub.drain(Math.min(half, LONGEST_SPREAD_NANOS)));
    }

    private boolean isIdle() {
        return nobodyIsConnected() && local.isIdle();
    }

    /// Where somebody came lately, more will come until it is known that the gateway goes. The
    /// program itself needs no time to notice.
    private boolean isQuiet() {
        long lately = nanoTime.getAsLong() - LATELY_NANOS;
        return nobodyIsConnected()
                && listeners.of(ListenerPolicy.PUBLIC).stream()
                        .noneMatch(listener -> listener.hasAcceptedSince(lately));
    }

    private boolean nobodyIsConnected() {
        boolean operating =
                listeners.of(ListenerPolicy.OPERATORS).stream()
                        .anyMatch(listener -> listener.exchanges() > 0);
        return connections.active() == 0 && listeners.lingering() == 0 && !operating;
    }

    private void abortUnless(boolean nothingLeft) {
        if (!nothingLeft) {
            LOG.warn(
                    "drain_aborted streams={} connections={}", hub.streams(), connections.active());
            abort();
        }
    }

    private void report() {
        LOG.info(
                "drain_progress streams={} connections={} inflight={} queued={} left={}s",
                hub.streams(),
                connections.active(),
                admission.inFlight(),
                admission.queued(),
                TimeUnit.NANOSECONDS.toSeconds(drain.leftNanos()));
    }

    private void logBegin(ServerConfig server) {
        LOG.info(
                "drain_begun streams={} connections={} timeout={}",
                hub.streams(),
                connections.active(),
                Durations.format(server.shutdownTimeout()));
    }
}
