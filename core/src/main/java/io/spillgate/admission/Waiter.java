package io.spillgate.admission;

import io.netty.util.concurrent.Future;
import io.spillgate.metrics.Cells;
import io.spillgate.metrics.Counter;
import io.spillgate.net.Loops;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;

/// A request in the queue.
///
/// ```
///   WAITING ──its turn──▶ CALLED ──on its loop──▶ GONE
///      └─────────too long, or the client left──────▲
/// ```
///
/// The state is guarded by the admission's lock, so that a call and a leave at the same moment are
/// one or the other. Everything else is confined to the request's loop.
public final class Waiter implements Verdict {
    private final Admission admission;
    private final Applicant applicant;
    private final Cells cells;
    private final long sinceNanos;
    private State state = State.WAITING;
    private @Nullable Future<?> timer;

    Waiter(Admission admission, Applicant applicant, Cells cells) {
        this.admission = admission;
        this.applicant = applicant;
        this.cells = cells;
        sinceNanos = admission.nanoTime();
    }

    enum State {
        WAITING,
        CALLED,
        GONE
    }

    State state() {
        assert admission.isLocked();
        return state;
    }

    void state(State next) {
        assert admission.isLocked();
        state = next;
    }

    /// The client is gone: it is taken out of the queue, and what it was called for goes to the
    /// next.
    public void leave() {
        assert applicant.loop().inEventLoop();
        stopTimer();
        admission.left(this);
    }

    /// Begins to count the time.
    void start(long mostNanos) {
        assert applicant.loop().inEventLoop();
        timer = applicant.loop().schedule(this::expire, mostNanos, TimeUnit.NANOSECONDS);
    }

    /// It is called. On any thread.
    void tell() {
        Loops.execute(applicant.loop(), this::told);
    }

    private void told() {
        stopTimer();
        if (admission.heard(this) == State.CALLED) {
            cells.admissionWait(admission.nanoTime() - sinceNanos);
            applicant.admitted(new Permit(admission, cells));
        }
    }

    private void expire() {
        if (admission.expired(this)) {
            cells.add(Counter.ADMISSION_REJECTED, AdmissionRefusal.QUEUE_TIMEOUT);
            applicant.refused(AdmissionRefusal.QUEUE_TIMEOUT);
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
