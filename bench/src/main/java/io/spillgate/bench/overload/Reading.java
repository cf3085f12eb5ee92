package io.spillgate.bench.overload;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// One reading: a fresh subject, warm in serving and in refusing, a calm beginning, a step to the
/// offered load.
///
/// @param point offered load in multiples of the capacity
/// @param warmRate requests a second of the closed loop before it, with streams open
/// @param tally what became of the requests
/// @param probes the health probes
/// @param gatewayCpu share of one core that the subject used
/// @param othersCpu share of that core that something else used
/// @param loadCpu share of one core that load and backend used
/// @param limit of the gateway at the end; empty when it has none
/// @param fanOut the events meanwhile
record Reading(
        double point,
        double warmRate,
        Tally tally,
        HealthProbe.Probes probes,
        double gatewayCpu,
        double othersCpu,
        double loadCpu,
        String limit,
        FanOut fanOut) {

    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /// What the streams got.
    ///
    /// @param perSecond events that arrived during the reading, a second
    /// @param lost events that never arrived, of the whole run
    /// @param ended streams that ended
    record FanOut(double perSecond, long lost, long ended) {
        static final FanOut NONE = new FanOut(0, 0, 0);
    }

    /// Takes one.
    ///
    /// @param streams held meanwhile; 0 = no fan-out
    /// @param capacity requests a second
    static Reading take(
            Options options, Mode mode, int streams, double point, double capacity, Backend backend)
            throws IOException {
        try (Subject subject = new Subject(options, mode, mode.server(), backend.port());
                Connections connections =
                        new Connections(subject.front(), "/work", options.connections())) {
            if (streams == 0) {
                return take(options, mode, subject, connections, point, capacity, null);
            }
            try (Streams held = new Streams(subject.gateway(), streams)) {
                held.await();
                return take(options, mode, subject, connections, point, capacity, held);
            }
        }
    }

    private static Reading take(
            Options options,
            Mode mode,
            Subject subject,
            Connections connections,
            double point,
            double capacity,
            @Nullable Streams streams)
            throws IOException {
        connections.open();
        double warmRate = new ClosedLoop(connections, 200).warmUp();
        long minBodyBytes = (long) options.chunks() * Backend.CHUNK_BYTES;
        if (mode != Mode.NONE) {
            new OpenLoop(connections, minBodyBytes, options.deadline().toNanos())
                    .run(new OpenLoop.Plan(3 * capacity, 3, capacity / 2, 1), OpenLoop.Meter.NONE);
        }
        Publisher publisher =
                streams == null ? null : new Publisher(subject.admin(), options.events());
        try (HealthProbe health = new HealthProbe(subject.front())) {
            Instruments instruments =
                    new Instruments(subject, new CoreTime(options.gatewayCore()), health, streams);
            OpenLoop.Plan plan =
                    new OpenLoop.Plan(
                            capacity / 2, options.calm(), point * capacity, options.seconds());
            OpenLoop load = new OpenLoop(connections, minBodyBytes, options.deadline().toNanos());
            Tally tally = load.run(plan, instruments);
            FanOut fanOut = instruments.fanOut(options.seconds());
            if (streams != null && publisher != null) {
                publisher.stop();
                long lost = lost(streams, publisher.published() * options.streams());
                fanOut = new FanOut(fanOut.perSecond(), lost, streams.ended());
            }
            return new Reading(
                    point,
                    warmRate,
                    tally,
                    instruments.probes(),
                    instruments.gatewaySeconds() / options.seconds(),
                    instruments.othersSeconds() / options.seconds(),
                    instruments.loadSeconds() / options.seconds(),
                    instruments.limit(),
                    fanOut);
        }
    }

    /// What is missing when nothing has come for a while.
    private static long lost(Streams streams, long expected) {
        long before = -1;
        long giveUp = System.nanoTime() + SETTLE_NANOS;
        while (streams.delivered() < expected && System.nanoTime() < giveUp) {
            if (streams.delivered() > before) {
                before = streams.delivered();
                giveUp = System.nanoTime() + SETTLE_NANOS;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        return expected - streams.delivered();
    }
}
