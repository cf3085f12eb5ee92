package io.spillgate.hub;

import io.netty.channel.Channel;
import io.spillgate.broker.LogEntry;
import io.spillgate.metrics.Disconnect;
import io.spillgate.net.Sweep;
import io.spillgate.sse.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/// One open event stream: what its socket has taken, and what it gets next.
///
/// ```
///   OPEN ──end()──▶ ENDING ──last byte taken──▶ CLOSED
///     └───────────── channel gone ────────────────┘
/// ```
///
/// The next bytes are always one of: the rest of something that was begun, a gap notice, a run of events, or the
/// end. Nothing is committed before the socket took its first byte, so an event can be dropped up to that moment.
/// Confined to the channel's loop.
public final class Subscriber implements ByteSource, Sweep.Member {
    /// Largest number of bytes in one turn, so that a long replay does not hold the loop.
    private static final int MAX_BYTES_PER_TURN = 512 * 1024;

    private final Shard shard;
    private final Channel channel;
    private final Outlet outlet;
    private final boolean chunked;
    private final Merge merge;
    private Piece piece;
    private @Nullable String lastId;
    private byte @Nullable [] ending;
    private Disconnect reason = Disconnect.CLIENT;
    private boolean closed;
    private long lastWriteNanos;
    private long lastReadNanos;
    private long lastKeepaliveNanos;
    private int place;

    Subscriber(Shard shard, Channel channel, boolean chunked, byte[] opening, Subscription[] subscriptions) {
        this.shard = shard;
        this.channel = channel;
        this.chunked = chunked;
        this.outlet = Outlet.of(shard.transport(), channel, this);
        this.merge = new Merge(subscriptions);
        this.piece = Piece.control(opening);
        lastWriteNanos = shard.nanoTime();
        lastReadNanos = lastWriteNanos;
        lastKeepaliveNanos = lastWriteNanos;
    }

    /// The peer sent something, so it lives.
    public void peerWasHeard() {
        lastReadNanos = shard.nanoTime();
    }

    /// The channel is closed: everything that is held for this stream is let go.
    public void gone() {
        if (closed) {
            return;
        }
        closed = true;
        shard.leave(this, reason);
    }

    Subscription[] subscriptions() {
        return merge.subscriptions();
    }

    /// Events that wait, over all topics.
    long waiting() {
        return merge.waiting();
    }

    /// Takes events up to `head` into the queue of one topic and writes what can be written.
    ///
    /// @return how many events were dropped
    long offer(Subscription subscription, long head, io.spillgate.broker.TopicSettings settings) {
        if (ending != null) {
            return 0;
        }
        return subscription.offer(head, settings, merge.waitingBeside(subscription));
    }

    /// Writes what can be written, unless the socket is known to be full.
    void flush() {
        if (!closed && !outlet.isPending() && hasMore()) {
            outlet.flush();
        }
    }

    /// Ends the stream cleanly, between two events.
    ///
    /// @param farewell a last message in the stream's framing, may be empty
    void end(byte[] farewell, Disconnect why) {
        if (ending != null || closed) {
            return;
        }
        reason = why;
        ending = chunked ? StreamText.withLastChunk(farewell) : StreamText.unframed(farewell);
        flush();
    }

    boolean isEnding() {
        return ending != null;
    }

    @Override
    public boolean hasMore() {
        return !closed && (!piece.isDone() || ending != null || merge.hasWaiting());
    }

    @Override
    public long writeTo(WritableByteChannel target) throws IOException {
        long total = 0;
        while (total < MAX_BYTES_PER_TURN && !closed) {
            boolean whole;
            if (!piece.isDone() || choosePiece()) {
                int written = piece.writeTo(target, shard.copyBuffer());
                total += written;
                whole = pieceWritten(written);
            } else if (merge.hasWaiting()) {
                Subscription subscription = merge.first();
                int wanted = shard.run(subscription, merge.end(), chunked);
                if (wanted == 0) {
                    piece = Piece.event(shard.entry(subscription), chunked);
                    continue;
                }
                ByteBuffer bytes = shard.current().bytes(wanted);
                int length = bytes.remaining();
                int written = target.write(bytes);
                total += written;
                runWritten(subscription, wanted, written);
                whole = written == length;
            } else {
                break;
            }
            if (!whole) {
                break;
            }
        }
        if (total > 0) {
            lastWriteNanos = shard.nanoTime();
            shard.cells().add(io.spillgate.metrics.Counter.BYTES_SENT, total);
        }
        return total;
    }

    /// Keepalive, a late notice of dropped events, and the time-out of a silent peer.
    @Override
    public void visit(long nowNanos) {
        StreamTimes times = shard.times();
        if (nowNanos - Math.max(lastWriteNanos, lastReadNanos) >= times.timeoutNanos()) {
            timeOut();
            return;
        }
        if (ending != null || outlet.isPending() || !piece.isDone()) {
            return;
        }
        Subscription dropped = merge.untoldHole();
        if (dropped != null && !merge.hasWaiting()) {
            piece = Piece.notice(StreamText.overflow(dropped.hole(), lastId, null, chunked), dropped);
            outlet.flush();
        } else if (keepaliveIsDue(nowNanos, times.keepaliveNanos())) {
            lastKeepaliveNanos = nowNanos;
            piece = Piece.control(chunked ? StreamText.KEEPALIVE_CHUNK : StreamText.KEEPALIVE);
            outlet.flush();
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

    /// The stream has been silent for half the interval, and the last comment is a whole one ago.
    private boolean keepaliveIsDue(long nowNanos, long intervalNanos) {
        return intervalNanos > 0
                && nowNanos - lastWriteNanos >= intervalNanos / 2
                && nowNanos - lastKeepaliveNanos >= intervalNanos - intervalNanos / 16;
    }

    private void timeOut() {
        reason = Disconnect.TIMEOUT;
        if (outlet.isPending() || !piece.isDone()) {
            channel.close();
        } else {
            end(StreamText.NOTHING, Disconnect.TIMEOUT);
        }
    }

    /// Whether something other than a run of events is next; it becomes the current piece.
    private boolean choosePiece() {
        if (ending != null) {
            piece = Piece.last(ending);
            return true;
        }
        Subscription next = merge.hasWaiting() ? merge.first() : null;
        if (next == null || next.hole() == 0) {
            return false;
        }
        byte[] notice = StreamText.overflow(next.hole(), lastId, shard.entry(next).id(), chunked);
        piece = Piece.notice(notice, next);
        return true;
    }

    /// Commits what the socket took of the current piece; false when it took less than all.
    private boolean pieceWritten(int written) {
        if (written > 0 && piece.commits()) {
            commit();
        }
        if (!piece.isDone()) {
            return false;
        }
        if (piece.entry() != null) {
            delivered(piece.entry(), 1);
        }
        if (piece.isLast()) {
            channel.close();
            gone();
        }
        return true;
    }

    private void commit() {
        Subscription subscription = piece.commit();
        if (subscription == null) {
            return;
        }
        if (piece.entry() == null) {
            subscription.holeTold();
        } else {
            lastId = piece.entry().id();
            merge.advance(subscription, 1);
            shard.progressed(subscription);
        }
    }

    private void runWritten(Subscription subscription, int wanted, int written) {
        Run run = shard.current();
        int whole = run.completeWithin(written, wanted);
        int into = written - run.end(whole - 1);
        if (whole > 0) {
            LogEntry last = run.entry(whole - 1);
            lastId = last.id();
            delivered(run.entry(0), whole);
        }
        if (into > 0) {
            LogEntry begun = run.entry(whole);
            lastId = begun.id();
            piece = Piece.begun(begun, chunked, into);
        }
        merge.advance(subscription, whole + (into > 0 ? 1 : 0));
        shard.progressed(subscription);
    }

    private void delivered(LogEntry oldest, int events) {
        shard.delivered(oldest.publishedNanos(), events);
    }

    static int payloadStart(Frame frame, boolean chunked) {
        return chunked ? 0 : frame.payloadStart();
    }
}
