package io.spillgate.admission;

import io.spillgate.config.BackpressureProfile;
import io.spillgate.config.ServerConfig;
import io.spillgate.metrics.Cells;
import io.spillgate.metrics.Counter;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Says of every request that does work whether it runs, waits or is refused. Thread safe.
///
/// The count is exact over all loops: one word holds how many run and how many wait. As long as
/// nobody waits, entering and leaving are one compare-and-set of it. Once somebody waits, both take
/// the lock, so what is given back goes to the queue and never to a newcomer.
///
/// Overflow action: [Verdict.Shed].
public final class Admission {
    /// With the profile `latency`: when a queue stands, and how long who comes then waits at most.
    private static final long STANDING_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long STANDING_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long ONE_WAITING = 1L << 32;

    private final AtomicLong state = new AtomicLong();
    private final Object lock = new Object();
    private final LongSupplier nanoTime;
    private final AdmissionQueue<Waiter> queue;
    private volatile Terms terms;
    private volatile int limit;
    private volatile double utilization;

    /// Admission by these terms; the loops count as idle until [Sampler] says otherwise.
    ///
    /// @param nanoTime the clock, in nanoseconds
    public Admission(ServerConfig server, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        queue = new AdmissionQueue<>(lock, nanoTime);
        terms = Terms.of(server);
        limit = terms.initial();
    }

    /// A permit, if nobody waits and the limit is not reached. On any thread; one atomic operation.
    ///
    /// @param cells of the loop of the request
    /// @return null when [#ask] has to be asked
    public @Nullable Permit tryEnter(Cells cells) {
        long seen = state.get();
        while (waiting(seen) == 0 && inFlight(seen) < limit) {
            long witness = state.compareAndExchange(seen, seen + 1);
            if (witness == seen) {
                return new Permit(this, cells);
            }
            seen = witness;
        }
        return null;
    }

    /// A permit, a refusal, or a place in the queue. Called on the loop of the request.
    public Verdict ask(Cells cells, Applicant applicant) {
        Terms now = terms;
        Waiter waiter = new Waiter(this, applicant, cells);
        long patienceNanos;
        synchronized (lock) {
            patienceNanos = patienceNanos(now);
            AdmissionRefusal refusal = enterOrQueue(waiter, now);
            if (refusal != null) {
                cells.add(Counter.ADMISSION_REJECTED, refusal);
                return new Verdict.Shed(refusal);
            }
            if (waiter.state() == Waiter.State.CALLED) {
                return new Permit(this, cells);
            }
        }
        waiter.start(patienceNanos);
        return waiter;
    }

    /// Takes over a changed configuration. Who waits or runs goes on; a limit that is in range
    /// stays.
    public void apply(ServerConfig server) {
        Terms changed = Terms.of(server);
        boolean begins = changed.adaptive() && !terms.adaptive();
        terms = changed;
        changeLimit(begins ? changed.initial() : changed.adaptive() ? limit : changed.ceiling());
    }

    /// The limit now.
    public int limit() {
        return limit;
    }

    /// Requests that run now.
    public int inFlight() {
        return inFlight(state.get());
    }

    /// Requests that wait now.
    public int queued() {
        return waiting(state.get());
    }

    /// The utilization that the last decision was made with, 0 to 1.
    public double utilization() {
        return utilization;
    }

    /// Brings the outcome of a window; a higher limit lets those in who wait.
    ///
    /// @param wanted the limit, before floor and ceiling
    /// @param seenUtilization above `eluMax` nobody begins to wait
    void update(int wanted, double seenUtilization) {
        utilization = seenUtilization;
        changeLimit(wanted);
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    /// Whether the calling thread has the lock that guards the queue and its waiters.
    boolean isLocked() {
        return Thread.holdsLock(lock);
    }

    void release() {
        long seen = state.get();
        while (waiting(seen) == 0) {
            long witness = state.compareAndExchange(seen, seen - 1);
            if (witness == seen) {
                return;
            }
            seen = witness;
        }
        synchronized (lock) {
            giveBack();
        }
    }

    /// The client of one in the queue is gone; what it may have been called for goes to the next.
    void left(Waiter waiter) {
        synchronized (lock) {
            boolean called = waiter.state() == Waiter.State.CALLED;
            takeOut(waiter);
            if (called) {
                giveBack();
            }
        }
    }

    /// Ends the wait of one that has waited for too long; false when it was called just now.
    boolean expired(Waiter waiter) {
        synchronized (lock) {
            boolean waits = waiter.state() == Waiter.State.WAITING;
            if (waits) {
                takeOut(waiter);
            }
            return waits;
        }
    }

    /// What one in the queue was told is taken notice of.
    ///
    /// @return the state before
    Waiter.State heard(Waiter waiter) {
        synchronized (lock) {
            Waiter.State told = waiter.state();
            waiter.state(Waiter.State.GONE);
            return told;
        }
    }

    private void takeOut(Waiter waiter) {
        if (waiter.state() == Waiter.State.WAITING) {
            queue.remove(waiter);
            state.addAndGet(-ONE_WAITING);
        }
        waiter.state(Waiter.State.GONE);
    }

    private void changeLimit(int wanted) {
        synchronized (lock) {
            limit = terms.within(wanted);
            callThoseWhoMay();
        }
    }

    /// Gives a request its place among those that run or those that wait. As long as nobody waits,
    /// the word may change under our hands.
    ///
    /// @return why it gets none; null when it has one
    private @Nullable AdmissionRefusal enterOrQueue(Waiter waiter, Terms now) {
        while (true) {
            long seen = state.get();
            boolean enters = waiting(seen) == 0 && inFlight(seen) < limit;
            AdmissionRefusal refusal = enters ? null : refusal(now);
            if (refusal != null) {
                return refusal;
            }
            if (state.compareAndSet(seen, seen + (enters ? 1 : ONE_WAITING))) {
                if (enters) {
                    waiter.state(Waiter.State.CALLED);
                } else {
                    queue.add(waiter);
                }
                return null;
            }
        }
    }

    /// Why one more can't wait; null when it can.
    private @Nullable AdmissionRefusal refusal(Terms now) {
        if (!now.adaptive()) {
            return AdmissionRefusal.CAP;
        }
        if (utilization > now.eluMax()) {
            return AdmissionRefusal.UTILIZATION;
        }
        return queue.size() >= now.queueSize() ? AdmissionRefusal.QUEUE_FULL : null;
    }

    private void giveBack() {
        state.decrementAndGet();
        callThoseWhoMay();
    }

    private void callThoseWhoMay() {
        boolean newest = isStanding(terms);
        while (inFlight() < limit) {
            Waiter next = queue.poll(newest);
            if (next == null) {
                return;
            }
            state.addAndGet(1 - ONE_WAITING);
            next.state(Waiter.State.CALLED);
            next.tell();
        }
    }

    private long patienceNanos(Terms now) {
        if (now.profile() == BackpressureProfile.FAIR) {
            return now.queueNanos();
        }
        long most = isStanding(now) ? STANDING_WAIT_NANOS : STANDING_AFTER_NANOS;
        return Math.min(now.queueNanos(), most);
    }

    private boolean isStanding(Terms now) {
        return now.profile() == BackpressureProfile.LATENCY
                && queue.isOccupiedFor(STANDING_AFTER_NANOS);
    }

    private static int inFlight(long word) {
        return (int) word;
    }

    private static int waiting(long word) {
        return (int) (word >>> 32);
    }
}
