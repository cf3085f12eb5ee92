package io.spillgate.client.pool;

import org.jspecify.annotations.Nullable;

/// One try of a call on one connection: how far the request and its answer are.
///
/// The ledger makes one when it gives a call a connection; a call that is sent again gets another
/// one. Confined to the connection's loop, as [PooledConnection] asserts.
final class Attempt {
    private static final int MAX_IN_TRANSIT_BYTES = 32 * 1024;

    /// Whether the socket may have taken the whole head of the request. Who got a part of it can't
    /// act on it.
    boolean sent;

    /// Whether it is an event stream or a tunnel. Written on the connection's loop with the pool's
    /// lock.
    boolean stream;

    /// Whether the socket has taken the head of the request.
    boolean written;

    /// Whether the connection had served another request before, or had been idle.
    boolean reused;

    /// Whether the request is complete.
    boolean complete;

    /// Whether the backend is to say if it wants the body, of which nothing was sent yet.
    boolean awaitsInvitation;

    /// Whether the backend has said 100.
    boolean invited;

    /// Whether the caller may write a body.
    boolean writableTold;

    /// Whether a byte of the answer came.
    boolean answering;

    /// Whether the caller has the head of the answer.
    boolean headTold;

    /// Whether the answer may take as long as it likes.
    boolean untimed;

    /// Whether the caller takes content.
    boolean wanted = true;

    /// Whether the caller has taken content, or asked for it.
    boolean taken;

    /// Content on its way to a caller on another loop.
    int inTransitBytes;

    long contentBytes;
    long sentNanos;
    long headNanos;

    /// When a cancelled call is cut; 0 = it is not cancelled.
    long giveUpNanos;

    private final Call call;
    private final PooledConnection connection;

    /// Made with the pool's lock held.
    Attempt(Call call, PooledConnection connection) {
        this.call = call;
        this.connection = connection;
        reused = !connection.lease().isFresh();
        complete = !(call.request().body() instanceof Body.Streamed);
        awaitsInvitation = !complete && call.request().expectsContinue();
    }

    Call call() {
        return call;
    }

    PoolRequest request() {
        return call.request();
    }

    PooledConnection connection() {
        return connection;
    }

    /// Whether the call is still with this attempt. Any thread.
    boolean isCurrent() {
        return equals(call.attempt());
    }

    /// Whether it is not known yet if the socket takes the head.
    boolean isLeaving() {
        return sent && !written && !answering;
    }

    /// Whether the backend may have answered without a look at the body, and take it for the next
    /// request.
    boolean mayLeaveBody() {
        return request().expectsContinue() && !invited;
    }

    /// Whether content may be taken off the connection.
    boolean isHungry() {
        return wanted && inTransitBytes < MAX_IN_TRANSIT_BYTES;
    }

    /// What is wrong with it while its answer is awaited; null when nothing is.
    @Nullable Failure overdue(ConnectionTimes times, boolean upgraded, long nowNanos) {
        if (giveUpNanos != 0 && nowNanos - giveUpNanos >= 0) {
            return new Failure(PoolFailure.RESET, "not wanted any more");
        }
        Failure overdue = null;
        if (!headTold || !untimed) {
            overdue = upgraded || request().streaming() ? null : late(times, nowNanos);
            overdue = overdue == null ? times.silent(nowNanos) : overdue;
        }
        boolean unread = headTold && !wanted && !taken;
        return overdue == null && unread ? times.unread(headNanos, nowNanos) : overdue;
    }

    /// The silence of a backend counts when it has the whole request and we read what it says.
    private @Nullable Failure late(ConnectionTimes times, long nowNanos) {
        Failure late = times.incomplete(sentNanos, nowNanos);
        boolean itsTurn = (complete || awaitsInvitation) && (!headTold || isHungry());
        return late == null && itsTurn ? times.stuck(nowNanos) : late;
    }

    /// The connection is gone: the call is sent again, or has failed.
    void lose(PoolFailure cause, String why) {
        if (call.isCancelled()) {
            connection.dispatcher().released(this);
            return;
        }
        Failure failure = new Failure(cause, why);
        boolean repeatable = cause == PoolFailure.RESET || cause == PoolFailure.CLOSED;
        switch (repeatable ? call.afterLoss(this) : RetryRule.Decision.FAIL) {
            case FAIL -> connection.dispatcher().failed(this, failure);
            case RETRY -> connection.dispatcher().again(this, true, failure);
            case REPLAY_FRESH -> connection.dispatcher().again(this, false, failure);
        }
    }
}
