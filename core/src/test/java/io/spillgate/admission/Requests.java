package io.spillgate.admission;

import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.spillgate.config.BackpressureConfig;
import io.spillgate.config.BackpressureProfile;
import io.spillgate.config.ServerConfig;
import io.spillgate.metrics.Cells;
import io.spillgate.metrics.Metrics;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Requests that ask for admission on a loop whose time stands still.
final class Requests {
    static final BackpressureConfig USUAL = backpressure(2, 2, BackpressureProfile.FAIR);

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Cells cells = new Metrics(1).cells(0);
    private final Admission admission;

    Requests(Admission admission) {
        this.admission = admission;
        channel.freezeTime();
    }

    static Admission admission(BackpressureConfig backpressure) {
        return new Admission(server(0, backpressure), System::nanoTime);
    }

    static ServerConfig server(int cap, BackpressureConfig backpressure) {
        ServerConfig usual = ServerConfig.DEFAULT;
        return new ServerConfig(
                usual.keepAliveTimeout(),
                usual.headersTimeout(),
                usual.requestTimeout(),
                cap,
                backpressure,
                usual.shutdownTimeout(),
                usual.drainGrace(),
                usual.lingerTimeout(),
                usual.websocket(),
                usual.healthPaths(),
                usual.readyPaths());
    }

    static BackpressureConfig backpressure(int limit, int queue, BackpressureProfile profile) {
        return backpressure(true, limit, queue, profile);
    }

    /// A limit that does not adapt.
    static BackpressureConfig off() {
        return backpressure(false, 1, 1, BackpressureProfile.FAIR);
    }

    private static BackpressureConfig backpressure(
            boolean enabled, int limit, int queue, BackpressureProfile profile) {
        return new BackpressureConfig(
                enabled,
                Optional.empty(),
                1,
                limit,
                0.95,
                Duration.ofSeconds(1),
                0.2,
                queue,
                Duration.ofSeconds(5),
                profile,
                false,
                false);
    }

    /// A request that has asked.
    Request ask() {
        Request request = new Request();
        request.begin();
        return request;
    }

    void pass(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        turn();
    }

    /// The loop does what is due.
    void turn() {
        channel.runPendingTasks();
        channel.runScheduledPendingTasks();
    }

    final class Request implements Applicant {
        private @Nullable Permit permit;
        private @Nullable AdmissionRefusal refusal;
        private @Nullable Waiter waiter;

        private void begin() {
            permit = admission.tryEnter(cells);
            if (permit != null) {
                return;
            }
            switch (admission.ask(cells, this)) {
                case Permit given -> permit = given;
                case Verdict.Shed shed -> refusal = shed.reason();
                case Waiter place -> waiter = place;
            }
        }

        boolean runs() {
            return permit != null;
        }

        boolean waits() {
            return waiter != null;
        }

        @Nullable AdmissionRefusal refusal() {
            return refusal;
        }

        void end() {
            if (permit == null) {
                throw new IllegalStateException("does not run");
            }
            permit.release();
        }

        void leave() {
            if (waiter == null) {
                throw new IllegalStateException("does not wait");
            }
            waiter.leave();
            waiter = null;
        }

        @Override
        public EventLoop loop() {
            return channel.eventLoop();
        }

        @Override
        public void admitted(Permit given) {
            waiter = null;
            permit = given;
        }

        @Override
        public void refused(AdmissionRefusal reason) {
            waiter = null;
            refusal = reason;
        }
    }
}
