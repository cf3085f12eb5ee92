package io.spillgate.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.metrics.PoolFailure;
import io.spillgate.net.Sweep;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;

/// One connection of a pool: writes requests, pairs the answers with them, watches the clocks.
///
/// ```
///   idle ──take──▶ busy ──last answer complete, reusable──▶ idle
///     │              ├──answer to an upgrade──▶ raw bytes
///     └──worn out────┴──failure, not reusable──▶ shut
/// ```
///
/// Confined to the channel's loop, but for what says otherwise.
final class PooledConnection implements Sweep.Member {
    private final Pool pool;
    private final Endpoint endpoint;
    private final Channel channel;
    private final Sweeper sweeper;
    private final ConnectionTimes times;
    private final LeaseState lease;
    private final ArrayDeque<Call> calls = new ArrayDeque<>(4);
    private final ResponseHandler responses;
    private final Outgoing outgoing;

    private boolean upgraded;
    private boolean shut;
    private int served;
    private int place;

    PooledConnection(Pool pool, Endpoint endpoint, Channel channel, Sweeper sweeper) {
        this.pool = pool;
        this.endpoint = endpoint;
        this.channel = channel;
        this.sweeper = sweeper;
        times = new ConnectionTimes(pool.settings(), sweeper);
        lease = new LeaseState(times);
        responses = new ResponseHandler(this, times);
        outgoing = new Outgoing(channel, pool.encoder(), times::touch, this::torn);
    }

    /// Begins to read; called once, on the loop.
    void start() {
        channel.pipeline().addFirst(sweeper.marker()).addLast(responses.decoder(), responses);
        sweeper.add(this, channel);
        times.touch();
        channel.config().setAutoRead(true);
        if (!channel.isActive()) {
            shut();
        }
    }

    /// Of its loop.
    Sweeper sweeper() {
        return sweeper;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /// What the ledger knows of it.
    LeaseState lease() {
        return lease;
    }

    /// Sends a call that the pool has given to this connection. Any thread. Bytes that the socket
    /// may hold while no answer is owed are read first: they close the connection.
    void take(Call call) {
        if (!sweeper.isHere()) {
            sweeper.hereOrSoon(() -> take(call));
        } else if (calls.isEmpty() && !isDrained()) {
            sweeper.inNextTurn(() -> run(() -> begin(call)));
        } else {
            run(() -> begin(call));
        }
    }

    /// Any thread.
    void shutSoon() {
        soon(() -> breakOff(PoolFailure.CLOSED, "the connection was closed by us"));
    }

    /// Runs work of this connection on its loop; what it throws ends the connection.
    void run(Runnable work) {
        sweeper.guard(work, cause -> breakOff(PoolFailure.RESET, String.valueOf(cause)));
    }

    /// As [#run], in its turn; false when the loop has ended. Any thread, without the pool's lock.
    boolean soon(Runnable work) {
        assert !pool.isLocked();
        return sweeper.execute(() -> run(work));
    }

    /// A piece of a streamed body, or raw bytes after an upgrade.
    ///
    /// @param piece released here
    void write(Call call, ByteBuf piece) {
        assert sweeper.isHere();
        if (takesFrom(call)) {
            outgoing.write(call.request().body(), piece);
        } else {
            piece.release();
        }
    }

    /// The end of a streamed body; after an upgrade, of what is sent to the backend.
    void end(Call call, HttpHeaders trailers) {
        assert sweeper.isHere();
        if (!takesFrom(call)) {
            return;
        }
        call.complete = true;
        if (!outgoing.end(call.request().body(), trailers)) {
            breakOff(PoolFailure.PROTOCOL, "the request's body is not as long as was announced");
        }
    }

    void read(Call call, boolean more) {
        assert sweeper.isHere();
        call.wanted = more;
        call.taken |= more;
        steerReading();
    }

    /// Content has arrived at a caller on another loop.
    void arrived(Call call, int bytes) {
        call.inTransitBytes -= bytes;
        steerReading();
    }

    /// The call whose answer is due; null when there is none, or the connection is shut.
    @Nullable Call first() {
        assert sweeper.isHere();
        return shut ? null : calls.peek();
    }

    boolean isUpgraded() {
        return upgraded;
    }

    /// Looks at the clocks.
    @Override
    public void visit(long nowNanos) {
        Call call = calls.peek();
        Failure overdue = call == null ? null : times.overdue(call, upgraded, nowNanos);
        if (overdue != null) {
            breakOff(overdue.cause(), overdue.message());
        } else if (call == null && lease.isWornOut(nowNanos) && pool.retireIdle(this)) {
            shut();
        }
    }

    @Override
    public void place(int newPlace) {
        place = newPlace;
    }

    @Override
    public int place() {
        return place;
    }

    private void begin(Call call) {
        if (call.isCancelled()) {
            pool.released(this, call);
            return;
        }
        long now = sweeper.nowNanos();
        call.begin(served > 0 || !lease.isFresh(), now);
        if (shut) {
            call.lose(this, PoolFailure.RESET, "the connection was closed before it was sent");
            return;
        }
        calls.add(call);
        if (calls.size() == 1) {
            lease.oldest(now);
            times.touch();
            steerReading();
        }
        ChannelFuture written = outgoing.begin(call.request());
        if (written.isDone()) {
            sent(call, written);
        } else {
            call.sent = true; // perhaps: with io_uring the kernel knows before we do
            written.addListener((ChannelFuture later) -> sent(call, later));
        }
    }

    private void sent(Call call, ChannelFuture written) {
        if (shut || !equals(call.connection())) {
            return;
        }
        if (!written.isSuccess()) {
            breakOff(PoolFailure.RESET, String.valueOf(written.cause().getMessage()));
            return;
        }
        call.sent = true;
        call.written = true;
        times.touch();
        if (call.request().body() instanceof Body.Streamed) {
            call.writableTold = true;
            call.tellWritable(true);
        }
    }

    /// Counts or logs a failure that is not the network's.
    void note(String event, Throwable cause) {
        sweeper.note(event + " destination=" + pool.name(), cause);
    }

    /// A part of a request that could not even be handed to the socket leaves a hole in it.
    private void torn(Throwable cause) {
        note("request_torn", cause);
        breakOff(PoolFailure.RESET, String.valueOf(cause));
    }

    void cancel(Call call) {
        if (shut || !equals(call.connection()) || !calls.contains(call)) {
            return;
        }
        boolean first = call.equals(calls.peek());
        boolean mayEnd = !call.untimed && call.complete && !upgraded;
        if (first && (!mayEnd || times.cancelNanos() == 0)) {
            breakOff(PoolFailure.RESET, "not wanted any more");
            return;
        }
        if (first) {
            call.giveUpNanos = sweeper.nowNanos() + times.cancelNanos();
        }
        steerReading();
    }

    /// Hands content to who wants it.
    void deliver(Call call, ByteBuf piece) {
        call.taken |= call.wanted;
        call.tellContent(this, piece);
        steerReading();
    }

    /// The answer is complete.
    void finish(Call call, HttpHeaders trailers) {
        if (shut) {
            return;
        }
        calls.poll();
        served++;
        lease.used();
        Call next = calls.peek();
        boolean requestSent = call.complete && (next != null || outgoing.isWritten());
        boolean leftover = responses.decoder().hasLeftover();
        boolean surplus = leftover && (next == null || !next.written);
        boolean kept = responses.isKeptAlive() && requestSent && !call.untimed;
        boolean reusable = kept && channel.isActive() && !surplus;
        lease.oldest(next == null ? 0 : next.sentNanos);
        if (next != null) {
            next.answering |= leftover && !surplus;
            next.giveUpNanos = next.isCancelled() ? sweeper.nowNanos() + times.cancelNanos() : 0;
        }
        if (!reusable) {
            calls.forEach(unanswered -> unanswered.reused = true);
            String did = surplus ? "said more than" : "closes after";
            breakOff(PoolFailure.RESET, "the backend " + did + " an earlier answer");
        }
        pool.released(this, call);
        call.tellEnd(trailers, requestSent);
        if (!shut) {
            steerReading();
        }
    }

    /// From here on both sides are raw bytes.
    void upgrade() {
        upgraded = true;
        outgoing.upgrade();
        if (!shut) {
            channel.pipeline().remove(responses.decoder());
        }
    }

    /// The backend closed the connection, or the network failed.
    void lost(String why) {
        Call call = calls.peek();
        boolean begun = call != null && call.answering;
        String what = begun ? "the answer ended before its end: " : "no answer: ";
        breakOff(begun ? PoolFailure.TRUNCATED : PoolFailure.RESET, what + why);
    }

    /// Closes the connection and tells those whose answers it owes.
    void breakOff(PoolFailure cause, String why) {
        assert sweeper.isHere();
        if (shut) {
            return;
        }
        shut();
        Call first = calls.poll();
        if (first != null) {
            first.lose(this, cause, why);
        }
        for (Call call = calls.poll(); call != null; call = calls.poll()) {
            call.lose(this, PoolFailure.RESET, "an earlier request on it failed: " + why);
        }
    }

    /// Closes the connection, on which no call waits.
    void shut() {
        if (!shut) {
            shut = true;
            sweeper.remove(this);
            channel.close();
            pool.closed(this);
        }
    }

    /// Reads while somebody wants what comes, and while idle, so that an end is noticed.
    private void steerReading() {
        Call call = calls.peek();
        channel.config().setAutoRead(call == null || call.isCancelled() || call.isHungry());
    }

    /// Whether the last read found fewer bytes than it had room for, so that it left none.
    private boolean isDrained() {
        var reads = channel.unsafe().recvBufAllocHandle();
        return served == 0 || reads.lastBytesRead() < reads.attemptedBytesRead();
    }

    private boolean takesFrom(Call call) {
        return !shut && call.equals(calls.peek()) && !call.complete;
    }
}
