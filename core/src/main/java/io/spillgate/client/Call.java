package io.spillgate.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.client.connect.ConnectRace;
import io.spillgate.metrics.PoolFailure;

import org.jspecify.annotations.Nullable;

/// A request on its way through a pool, in the hands of who made it. Everything public is called on
/// the loop that the call was made for.
///
/// ```
///   WAITING ──connection──▶ RUNNING ──answer, failure, cancel──▶ over
///      ▲                       │
///      └──lost, repeatable─────┘
/// ```
///
/// The connection may live on another loop than the caller; then what they tell each other crosses
/// over as tasks, in order.
public final class Call {
    private static final int MAX_IN_TRANSIT_BYTES = 32 * 1024;

    private final Pool pool;
    private final EventLoop loop;
    private final Request request;
    private final Receiver receiver;
    private final boolean pipelinable;

    /// Of the caller's loop: the receiver hears nothing more.
    private boolean over;

    private boolean submitting = true;
    private boolean connectionWritable;
    private boolean choked;
    private int outboundBytes;

    // Guarded by the pool's lock.
    Place place = Place.NOWHERE;
    @Nullable Call ahead;
    @Nullable Call behind;
    @Nullable ConnectRace<?> race;
    long enqueuedNanos;
    boolean needsFresh;

    /// Which of the pool's queues a call stands in.
    enum Place {
        NOWHERE,
        WAITING,
        RUNNING
    }

    /// Set under the pool's lock.
    private volatile @Nullable PooledConnection connection;

    private volatile boolean cancelled;

    // Of the connection's loop, which changes only when the call is sent again.
    boolean sent;
    boolean written;
    boolean reused;
    boolean complete;
    boolean writableTold;
    boolean answering;
    boolean headTold;
    boolean untimed;
    boolean wanted = true;
    boolean taken;
    boolean replayed;
    int retriesLeft;
    int inTransitBytes;
    long sentNanos;
    long headNanos;
    long giveUpNanos;
    long contentBytes;

    Call(
            Pool pool,
            EventLoop loop,
            Request request,
            Receiver receiver,
            int retries,
            long nowNanos) {
        this.pool = pool;
        this.loop = loop;
        this.request = request;
        this.receiver = receiver;
        retriesLeft = retries;
        enqueuedNanos = nowNanos;
        pipelinable =
                request.body() instanceof Body.None
                        && request.upgrade() == null
                        && RetryRule.isIdempotent(request.method());
    }

    /// Sends a piece of a streamed body, after [Receiver#writable] was told; after 101, raw bytes.
    ///
    /// @param piece released by the pool
    public void write(ByteBuf piece) {
        assert loop.inEventLoop();
        PooledConnection on = connection;
        if (over || on == null) {
            piece.release();
        } else if (on.sweeper().isHere()) {
            on.write(this, piece);
        } else {
            sendAcross(on, piece);
        }
    }

    /// The streamed body is complete; after 101, nothing more is sent to the backend.
    ///
    /// @param trailers sent if the length was not known
    public void end(HttpHeaders trailers) {
        assert loop.inEventLoop();
        PooledConnection on = connection;
        if (over || on == null) {
            return;
        }
        if (on.sweeper().isHere()) {
            on.end(this, trailers);
        } else {
            on.soon(() -> on.end(this, trailers));
        }
    }

    /// Pauses or continues the answer's content; up to 64 KiB may still come after a pause.
    public void read(boolean more) {
        assert loop.inEventLoop();
        PooledConnection on = connection;
        if (over || on == null) {
            return;
        }
        if (on.sweeper().isHere()) {
            on.read(this, more);
        } else {
            on.soon(() -> on.read(this, more));
        }
    }

    /// The answer is not wanted any more: a waiting request is never sent, a running one is cut.
    /// The receiver hears nothing more.
    public void cancel() {
        assert loop.inEventLoop();
        if (over) {
            return;
        }
        over = true;
        cancelled = true;
        pool.cancel(this);
    }

    Request request() {
        return request;
    }

    EventLoop loop() {
        return loop;
    }

    /// Whether it may share a connection with others.
    boolean isPipelinable() {
        return pipelinable;
    }

    boolean isCancelled() {
        return cancelled;
    }

    @Nullable PooledConnection connection() {
        return connection;
    }

    void connection(@Nullable PooledConnection on) {
        connection = on;
    }

    private boolean isReplayable() {
        return !(request.body() instanceof Body.Streamed) || !writableTold;
    }

    /// The connection is gone: it is sent again, or has failed. On the connection's loop.
    void lose(PooledConnection on, PoolFailure cause, String why) {
        if (cancelled) {
            pool.released(on, this);
            return;
        }
        Failure failure = new Failure(cause, why);
        switch (afterLoss(cause)) {
            case FAIL -> pool.failed(on, this, failure);
            case RETRY -> pool.again(on, this, true, failure);
            case REPLAY_FRESH -> pool.again(on, this, false, failure);
        }
    }

    /// Decides what follows the loss of the connection, and counts it.
    private RetryRule.Decision afterLoss(PoolFailure cause) {
        if (cause != PoolFailure.RESET && cause != PoolFailure.CLOSED) {
            return RetryRule.Decision.FAIL;
        }
        RetryRule.Decision decision =
                RetryRule.decide(
                        new RetryRule.Attempt(
                                sent,
                                reused,
                                answering,
                                RetryRule.isIdempotent(request.method()),
                                isReplayable(),
                                replayed,
                                retriesLeft));
        replayed |= decision == RetryRule.Decision.REPLAY_FRESH;
        retriesLeft -= decision == RetryRule.Decision.RETRY ? 1 : 0;
        return decision;
    }

    /// A new attempt begins.
    void begin(boolean onReused, long nowNanos) {
        sent = false;
        written = false;
        reused = onReused;
        complete = !(request.body() instanceof Body.Streamed);
        answering = false;
        headTold = false;
        untimed = false;
        wanted = true;
        taken = false;
        inTransitBytes = 0;
        giveUpNanos = 0;
        contentBytes = 0;
        sentNanos = nowNanos;
    }

    /// From now on the receiver may be told at once.
    void submitted() {
        submitting = false;
    }

    void tellWritable(boolean writable) {
        if (submitting || !isNear()) {
            crossOver(() -> hearWritable(writable));
        } else {
            hearWritable(writable);
        }
    }

    void tellInterim(int status, HttpHeaders headers) {
        tell(() -> receiver.interim(status, headers));
    }

    void tellHead(int status, String reason, HttpHeaders headers) {
        tell(() -> receiver.head(status, reason, headers));
    }

    /// @param piece released by who calls
    void tellContent(PooledConnection from, ByteBuf piece) {
        if (isNear()) {
            hear(() -> receiver.content(piece));
            return;
        }
        int bytes = piece.readableBytes();
        inTransitBytes += bytes;
        piece.retain();
        boolean crosses =
                crossOver(() -> {
                    hear(() -> receiver.content(piece));
                    piece.release();
                    from.soon(() -> from.arrived(this, bytes));
                });
        if (!crosses) {
            piece.release();
        }
    }

    void tellFlush() {
        tell(receiver::flush);
    }

    void tellEnd(HttpHeaders trailers, boolean requestSent) {
        tell(() -> {
            over = true;
            receiver.end(trailers, requestSent);
        });
    }

    void tellFailed(Failure failure) {
        Runnable message =
                () -> {
                    over = true;
                    receiver.failed(failure);
                };
        if (submitting) {
            crossOver(() -> hear(message));
        } else {
            tell(message);
        }
    }

    /// Whether content may be taken off the connection.
    boolean isHungry() {
        return wanted && inTransitBytes < MAX_IN_TRANSIT_BYTES;
    }

    /// Hands a piece to a connection on another loop, and pauses the caller while much is under
    /// way.
    private void sendAcross(PooledConnection to, ByteBuf piece) {
        int bytes = piece.readableBytes();
        outboundBytes += bytes;
        boolean crosses =
                to.soon(() -> {
                    to.write(this, piece);
                    crossOver(() -> sentAcross(bytes));
                });
        if (!crosses) {
            piece.release();
        }
        if (outboundBytes >= MAX_IN_TRANSIT_BYTES && !choked) {
            choked = true;
            receiver.writable(false);
        }
    }

    private void sentAcross(int bytes) {
        outboundBytes -= bytes;
        if (choked && outboundBytes == 0) {
            choked = false;
            hearWritable(connectionWritable);
        }
    }

    private void hearWritable(boolean writable) {
        connectionWritable = writable;
        if (!choked) {
            hear(() -> receiver.writable(writable));
        }
    }

    private void tell(Runnable message) {
        if (isNear()) {
            hear(message);
        } else {
            crossOver(() -> hear(message));
        }
    }

    /// Tells the receiver, unless it hears nothing more. If it throws, the call is taken back, and
    /// the receiver hears of that, because here nobody else would.
    private void hear(Runnable message) {
        if (over) {
            return;
        }
        try {
            message.run();
        } catch (RuntimeException | Error e) {
            cancel();
            over = true;
            sweeper().guard(() -> receiver.broken(e));
        }
    }

    /// Runs a task of the caller's loop; false when that has ended.
    private boolean crossOver(Runnable task) {
        return sweeper().execute(task);
    }

    private Sweeper sweeper() {
        return pool.sweeper(loop);
    }

    private boolean isNear() {
        return loop.inEventLoop();
    }
}
