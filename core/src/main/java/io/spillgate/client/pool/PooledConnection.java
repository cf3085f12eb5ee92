package io.spillgate.client.pool;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.client.connect.NetworkWords;
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
    private static final String BEHIND_STREAM = "an earlier answer on its connection is a stream";

    /// What messages call the other side.
    static final String PEER = "the backend";

    private final Dispatcher dispatcher;
    private final Endpoint endpoint;
    private final Channel channel;
    private final Sweeper sweeper;
    private final ConnectionTimes times;
    private final LeaseState lease;
    private final ArrayDeque<Attempt> attempts = new ArrayDeque<>(4);
    private final ResponseHandler responses;
    private final RequestWriter requests;

    private boolean upgraded;
    private boolean shut;
    private int served;
    private int place;

    PooledConnection(Dispatcher dispatcher, Endpoint endpoint, Channel channel, Sweeper sweeper) {
        this.dispatcher = dispatcher;
        this.endpoint = endpoint;
        this.channel = channel;
        this.sweeper = sweeper;
        times = new ConnectionTimes(dispatcher.settings(), sweeper);
        lease = new LeaseState(times);
        responses = new ResponseHandler(this, times);
        requests =
                new RequestWriter(
                        channel, dispatcher.settings().client(), times::touch, this::torn);
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

    /// Who gave it its calls.
    Dispatcher dispatcher() {
        return dispatcher;
    }

    /// Of its loop.
    Sweeper sweeper() {
        return sweeper;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /// How it is lent out.
    LeaseState lease() {
        return lease;
    }

    /// Begins an attempt that the pool has made for this connection. Any thread. Bytes that the
    /// socket may hold while no answer is owed are read first: they close the connection.
    void take(Attempt attempt) {
        if (!sweeper.isHere()) {
            sweeper.hereOrSoon(() -> take(attempt));
        } else if (attempts.isEmpty() && !isDrained()) {
            sweeper.inNextTurn(() -> run(() -> begin(attempt)));
        } else {
            run(() -> begin(attempt));
        }
    }

    /// Any thread.
    void shutSoon() {
        soon(() -> breakOff(PoolFailure.CLOSED, "the connection was closed by us"));
    }

    /// Runs work of this connection on its loop; what it throws ends the connection.
    void run(Runnable work) {
        sweeper.guard(work, cause -> breakOff(PoolFailure.RESET, NetworkWords.of(PEER, cause)));
    }

    /// As [#run], in its turn; false when the loop has ended. Any thread, without the pool's lock.
    boolean soon(Runnable work) {
        assert !dispatcher.isLocked();
        return sweeper.execute(() -> run(work));
    }

    /// A piece of a streamed body, or raw bytes after an upgrade.
    ///
    /// @param piece released here
    void write(Attempt attempt, ByteBuf piece) {
        assert sweeper.isHere();
        if (takesFrom(attempt)) {
            attempt.awaitsInvitation = false;
            requests.write(attempt.request().body(), piece);
        } else {
            piece.release();
        }
    }

    /// The end of a streamed body; after an upgrade, of what is sent to the backend.
    void end(Attempt attempt, HttpHeaders trailers) {
        assert sweeper.isHere();
        if (!takesFrom(attempt)) {
            return;
        }
        attempt.complete = true;
        if (!requests.end(attempt.request().body(), trailers)) {
            breakOff(PoolFailure.PROTOCOL, "the request's body is not as long as was announced");
        }
    }

    void read(Attempt attempt, boolean more) {
        assert sweeper.isHere();
        attempt.wanted = more;
        attempt.taken |= more;
        steerReading();
    }

    /// Content has arrived at a caller on another loop.
    void arrived(Attempt attempt, int bytes) {
        attempt.inTransitBytes -= bytes;
        steerReading();
    }

    /// The attempt whose answer is due; null when there is none, or the connection is shut.
    @Nullable Attempt first() {
        assert sweeper.isHere();
        return shut ? null : attempts.peek();
    }

    boolean isUpgraded() {
        return upgraded;
    }

    /// Looks at the clocks.
    @Override
    public void visit(long nowNanos) {
        Attempt attempt = attempts.peek();
        Failure overdue = attempt == null ? null : attempt.overdue(times, upgraded, nowNanos);
        if (overdue != null) {
            breakOff(overdue.cause(), overdue.message());
        } else if (attempt == null && lease.isWornOut(nowNanos) && dispatcher.retireIdle(this)) {
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

    private void begin(Attempt attempt) {
        if (attempt.call().isCancelled()) {
            dispatcher.released(attempt);
            return;
        }
        long now = sweeper.nowNanos();
        attempt.sentNanos = now;
        if (shut) {
            attempt.lose(PoolFailure.RESET, "the connection was closed before it was sent");
            return;
        }
        Attempt first = attempts.peek();
        if (first != null && first.stream) {
            attempt.lose(PoolFailure.RESET, BEHIND_STREAM);
            return;
        }
        attempts.add(attempt);
        if (first == null) {
            lease.oldest(now);
            times.touch();
            steerReading();
        }
        ChannelFuture written = requests.begin(attempt.request());
        if (written.isDone()) {
            sent(attempt, written);
        } else {
            attempt.sent = true; // perhaps: with io_uring the kernel knows before we do
            written.addListener((ChannelFuture later) -> sent(attempt, later));
        }
    }

    private void sent(Attempt attempt, ChannelFuture written) {
        if (shut || !attempt.isCurrent()) {
            return;
        }
        if (!written.isSuccess()) {
            attempt.sent = false;
            breakOff(PoolFailure.RESET, "the connection was closed before the request was sent");
            return;
        }
        attempt.sent = true;
        attempt.written = true;
        times.touch();
        if (attempt.request().body() instanceof Body.Streamed) {
            attempt.writableTold = true;
            attempt.call().tellWritable(true);
        }
    }

    /// Counts or logs a failure that is not the network's.
    void note(String event, Throwable cause) {
        sweeper.note(event + " destination=" + dispatcher.name(), cause);
    }

    /// A part of a request that could not even be handed to the socket leaves a hole in it.
    private void torn(Throwable cause) {
        note("request_torn", cause);
        breakOff(PoolFailure.RESET, NetworkWords.of(PEER, cause));
    }

    void cancel(Attempt attempt) {
        if (shut || !attempt.isCurrent() || !attempts.contains(attempt)) {
            return;
        }
        boolean first = attempt.equals(attempts.peek());
        boolean mayEnd = !attempt.untimed && attempt.complete && !upgraded;
        if (first && (!mayEnd || times.cancelNanos() == 0)) {
            breakOff(PoolFailure.RESET, "not wanted any more");
            return;
        }
        if (first) {
            attempt.giveUpNanos = sweeper.nowNanos() + times.cancelNanos();
        }
        steerReading();
    }

    /// The answer that is due is a stream. What stands behind it will not be answered here.
    ///
    /// @return false when the connection was closed for that, because there are enough
    boolean becomeStream(Attempt attempt) {
        if (!dispatcher.becomesStream(attempt)) {
            breakOff(PoolFailure.STREAMS, "as many event streams and tunnels are open as may be");
            return false;
        }
        attempts.poll();
        for (Attempt next = attempts.poll(); next != null; next = attempts.poll()) {
            next.lose(PoolFailure.RESET, BEHIND_STREAM);
        }
        attempts.add(attempt);
        return true;
    }

    /// An answer says how its address is.
    void judge(Attempt attempt, int status) {
        boolean failed =
                status >= 500 && dispatcher.settings().health().failStatuses().contains(status);
        if (failed || !endpoint.health().isSpotless()) {
            dispatcher.answered(attempt, !failed);
        }
    }

    /// The answer is complete.
    void finish(Attempt attempt, HttpHeaders trailers) {
        if (shut) {
            return;
        }
        attempts.poll();
        served++;
        lease.used();
        Attempt next = attempts.peek();
        boolean requestSent = attempt.complete && (next != null || requests.isWritten());
        boolean leftover = responses.decoder().hasLeftover();
        boolean surplus = leftover && (next == null || !next.written);
        boolean whole = requestSent && !attempt.mayLeaveBody();
        boolean kept = responses.isKeptAlive() && whole && !attempt.untimed;
        boolean reusable = kept && channel.isActive() && !surplus;
        lease.oldest(next == null ? 0 : next.sentNanos);
        if (next != null) {
            next.answering |= leftover && !surplus;
            next.giveUpNanos =
                    next.call().isCancelled() ? sweeper.nowNanos() + times.cancelNanos() : 0;
        }
        if (!reusable) {
            attempts.forEach(unanswered -> unanswered.reused = true);
            String did = surplus ? "said more than" : "closes after";
            breakOff(PoolFailure.RESET, "the backend " + did + " an earlier answer");
        }
        dispatcher.released(attempt);
        attempt.call().tellEnd(trailers, requestSent);
        if (!shut) {
            steerReading();
        }
    }

    /// From here on both sides are raw bytes.
    void upgrade() {
        upgraded = true;
        requests.upgrade();
        if (!shut) {
            channel.pipeline().remove(responses.decoder());
        }
    }

    /// The backend closed the connection, or the network failed. Whether a request left that is on
    /// its way to the socket turns out when the channel is closed.
    void lost(String why) {
        Attempt attempt = attempts.peek();
        if (attempt != null && attempt.isLeaving() && channel.isOpen()) {
            channel.close();
            return;
        }
        boolean begun = attempt != null && attempt.answering;
        String what = begun ? "the answer ended before its end: " : "no answer: ";
        breakOff(begun ? PoolFailure.TRUNCATED : PoolFailure.RESET, what + why);
    }

    /// Closes the connection; the requests on it are repeated or fail.
    void breakOff(PoolFailure cause, String why) {
        assert sweeper.isHere();
        if (shut) {
            return;
        }
        shut();
        Attempt first = attempts.poll();
        if (first != null) {
            first.lose(cause, why);
        }
        for (Attempt attempt = attempts.poll(); attempt != null; attempt = attempts.poll()) {
            attempt.lose(PoolFailure.RESET, "an earlier request on it failed: " + why);
        }
    }

    /// Closes the connection, on which no call waits.
    void shut() {
        if (!shut) {
            shut = true;
            sweeper.remove(this);
            channel.close();
            dispatcher.closed(this);
        }
    }

    /// Reads while somebody wants what comes, and while idle, so that an end is noticed.
    void steerReading() {
        Attempt attempt = attempts.peek();
        channel.config()
                .setAutoRead(attempt == null || attempt.call().isCancelled() || attempt.isHungry());
    }

    /// Whether the last read found fewer bytes than it had room for, so that it left none.
    private boolean isDrained() {
        var reads = channel.unsafe().recvBufAllocHandle();
        return served == 0 || reads.lastBytesRead() < reads.attemptedBytesRead();
    }

    private boolean takesFrom(Attempt attempt) {
        return !shut && attempt.equals(attempts.peek()) && !attempt.complete;
    }
}
