package io.spillgate.client.pool;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.client.connect.ConnectRace;

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

    private final Dispatcher dispatcher;
    private final Sweeper home;
    private final PoolRequest request;
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

    /// Its place over all lines; lower numbers are served first.
    long order;

    /// The address in whose line it belongs; null = any.
    @Nullable Endpoint wanted;

    /// Whether it has given up its wish.
    boolean anywhere;

    private @Nullable Endpoint given;

    /// Set under the pool's lock.
    private volatile @Nullable Attempt attempt;

    private volatile boolean cancelled;

    // Of the loop of the connection that it has.
    private boolean replayed;
    private int retriesLeft;

    /// In which kind of queue of the pool a call stands.
    enum Place {
        NOWHERE,
        WAITING,
        RUNNING
    }

    /// @param home of the caller's loop
    Call(
            Dispatcher dispatcher,
            Sweeper home,
            PoolRequest request,
            Receiver receiver,
            int retries,
            long nowNanos) {
        this.dispatcher = dispatcher;
        this.home = home;
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
        assert home.isHere();
        Attempt on = attempt;
        if (over || on == null) {
            piece.release();
        } else if (on.connection().sweeper().isHere()) {
            on.connection().write(on, piece);
        } else {
            sendAcross(on, piece);
        }
    }

    /// The streamed body is complete; after 101, nothing more is sent to the backend.
    ///
    /// @param trailers sent if the length was not known
    public void end(HttpHeaders trailers) {
        assert home.isHere();
        Attempt on = attempt;
        if (over || on == null) {
            return;
        }
        if (on.connection().sweeper().isHere()) {
            on.connection().end(on, trailers);
        } else {
            on.connection().soon(() -> on.connection().end(on, trailers));
        }
    }

    /// Pauses or continues the answer's content; up to 64 KiB may still come after a pause.
    public void read(boolean more) {
        assert home.isHere();
        Attempt on = attempt;
        if (over || on == null) {
            return;
        }
        if (on.connection().sweeper().isHere()) {
            on.connection().read(on, more);
        } else {
            on.connection().soon(() -> on.connection().read(on, more));
        }
    }

    /// The answer is not wanted any more: a waiting request is never sent, a running one is cut.
    /// The receiver hears nothing more.
    public void cancel() {
        assert home.isHere();
        if (over) {
            return;
        }
        over = true;
        cancelled = true;
        dispatcher.cancel(this);
    }

    /// The name of the address that answers, from the head of the answer on; null before.
    public @Nullable String address() {
        return given == null ? null : given.id().text();
    }

    PoolRequest request() {
        return request;
    }

    /// Which address it is to go to; null when it does not matter.
    @Nullable Wish wish() {
        return anywhere ? null : request.wish();
    }

    EventLoop loop() {
        return home.loop();
    }

    /// Whether it may share a connection with others.
    boolean isPipelinable() {
        return pipelinable;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /// The current one; null while it waits.
    @Nullable Attempt attempt() {
        return attempt;
    }

    void attempt(@Nullable Attempt current) {
        given = current == null ? given : current.connection().endpoint();
        attempt = current;
    }

    /// Decides what follows when an attempt has lost its connection, and counts it.
    RetryRule.Decision afterLoss(Attempt lost) {
        boolean streamed = request.body() instanceof Body.Streamed;
        RetryRule.Decision decision =
                RetryRule.decide(
                        new RetryRule.Loss(
                                lost.sent,
                                lost.reused,
                                lost.answering,
                                RetryRule.isIdempotent(request.method()),
                                !streamed || !lost.writableTold,
                                replayed,
                                retriesLeft));
        replayed |= decision == RetryRule.Decision.REPLAY_FRESH;
        retriesLeft -= decision == RetryRule.Decision.RETRY ? 1 : 0;
        return decision;
    }

    /// From now on the receiver may be told at once.
    void submitted() {
        submitting = false;
    }

    void tellWritable(boolean writable) {
        if (submitting || !home.isHere()) {
            home.execute(() -> hearWritable(writable));
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

    /// @param from where it came
    /// @param piece released by who calls
    void tellContent(Attempt from, ByteBuf piece) {
        if (home.isHere()) {
            hearContent(piece);
            return;
        }
        int bytes = piece.readableBytes();
        from.inTransitBytes += bytes;
        piece.retain();
        boolean crosses =
                home.execute(() -> {
                    hearContent(piece);
                    piece.release();
                    from.connection().soon(() -> from.connection().arrived(from, bytes));
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
            home.execute(() -> hear(message));
        } else {
            tell(message);
        }
    }

    /// Hands a piece to a connection on another loop, and pauses the caller while much is under
    /// way.
    private void sendAcross(Attempt to, ByteBuf piece) {
        int bytes = piece.readableBytes();
        outboundBytes += bytes;
        boolean crosses =
                to.connection()
                        .soon(() -> {
                            to.connection().write(to, piece);
                            home.execute(() -> sentAcross(bytes));
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
        if (home.isHere()) {
            hear(message);
        } else {
            home.execute(() -> hear(message));
        }
    }

    private void hearContent(ByteBuf piece) {
        if (over) {
            return;
        }
        try {
            receiver.content(piece);
        } catch (RuntimeException | Error e) {
            broken(e);
        }
    }

    /// Tells the receiver, unless it hears nothing more.
    private void hear(Runnable message) {
        if (over) {
            return;
        }
        try {
            message.run();
        } catch (RuntimeException | Error e) {
            broken(e);
        }
    }

    /// The receiver threw something: the call is cancelled, and the receiver is told.
    private void broken(Throwable cause) {
        cancel();
        over = true;
        home.guard(() -> receiver.broken(cause));
    }
}
