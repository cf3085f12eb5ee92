package io.spillgate.hub;

import io.spillgate.http.ByteSource;
import io.spillgate.http.EventStream;
import io.spillgate.http.EventStreamPlace;
import io.spillgate.http.Outlet;
import io.spillgate.log.LogEntry;
import io.spillgate.net.Work;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// One open event stream: what its socket has taken, and what it gets next.
///
/// ```
///   OPEN ──end()──▶ ENDING ──last byte taken──▶ CLOSED
///     └──────────────── channel gone ─────────────┘
/// ```
///
/// What is written next is always one of: the rest of something that was begun, the end of the
/// stream, a notice of dropped events, or a batch of events. Nothing is committed before the socket
/// took its first byte, so up to that moment an event can still be dropped. Confined to the
/// stream's loop.
public final class Subscriber extends Recipient implements ByteSource, EventStream, Stalled {
    /// So that a long replay does not hold the loop.
    private static final int MAX_BYTES_PER_TURN = 512 * 1024;

    /// A replay that is read a little now and then has its place for so many stall times.
    private static final int LONGEST_REPLAY_STALLS = 12;

    private static final Notice KEEPALIVE = new Notice.Keepalive();

    private final StreamOwner owner;
    private final Outlet outlet;
    private final Wire wire;
    private final StreamAccount account;
    private @Nullable Runnable began;
    private final BegunEvent begunEvent = new BegunEvent(this);
    private PendingWrite write;
    private @Nullable String lastId;
    private byte @Nullable [] ending;
    private StreamEnd reason = StreamEnd.CLIENT;
    private boolean closed;
    private boolean endNoted;
    private final long openedNanos;
    private long lastActivityNanos;
    private long lastWriteNanos;
    private final float keepalivePhase = ThreadLocalRandom.current().nextFloat();
    private int keepaliveTurn;

    Subscriber(
            ShardContext context,
            StreamOwner owner,
            EventStreamPlace where,
            Wire wire,
            byte[] opening,
            List<String> topics,
            StreamAccount account,
            Runnable began) {
        super(context, topics);
        this.account = account;
        this.owner = owner;
        this.wire = wire;
        this.began = began;
        outlet = where.outlet(this);
        write = PendingWrite.control(opening);
        openedNanos = context.nanoTime();
        lastActivityNanos = openedNanos;
        lastWriteNanos = lastActivityNanos;
        keepaliveTurn = context.times().keepaliveTurn(openedNanos, keepalivePhase);
    }

    @Override
    public void broken() {
        if (reason == StreamEnd.CLIENT) {
            reason = StreamEnd.ERROR;
        }
    }

    /// Everything that is held for this stream is let go.
    @Override
    public void gone() {
        assert context.loop().inEventLoop();
        if (!closed) {
            leave();
        }
        noteEnd();
        noteBeginning();
    }

    @Override
    boolean isEnding() {
        return ending != null || closed;
    }

    @Override
    boolean isBetweenEvents() {
        return write.isDone() && !outlet.isPending();
    }

    /// Whether the head and the replay are written, or the stream's place of admission was given
    /// back because the socket takes nothing of them.
    boolean hasBegun(long nowNanos) {
        long stall = context.times().stallNanos();
        boolean stalled = nowNanos - lastActivityNanos >= stall;
        if (began != null && (stalled || nowNanos - openedNanos >= LONGEST_REPLAY_STALLS * stall)) {
            begin();
        }
        return began == null;
    }

    @Override
    public void cutIfStalled(long nowNanos) {
        if (begunEvent.isOlderThan(context.times().stallNanos(), nowNanos)) {
            reason = StreamEnd.MEMORY;
            outlet.cut();
        }
    }

    @Override
    void abort() {
        assert context.loop().inEventLoop();
        reason = StreamEnd.SHUTDOWN;
        outlet.cut();
    }

    @Override
    void fail(Throwable cause) {
        broken();
        outlet.broken(cause);
    }

    /// Writes what can be written, unless the socket is known to be full.
    @Override
    void flush() {
        assert context.loop().inEventLoop();
        if (!outlet.isPending() && hasMore()) {
            outlet.flush();
        }
    }

    @Override
    void end(@Nullable Notice farewell, StreamEnd why) {
        if (isEnding()) {
            return;
        }
        reason = why;
        byte[] message = farewell == null ? new byte[0] : wire.notice(farewell);
        byte[] tail = wire.end();
        ending = ByteBuffer.allocate(message.length + tail.length).put(message).put(tail).array();
        flush();
    }

    @Override
    public boolean hasMore() {
        return !closed && (!write.isDone() || ending != null || merge.hasWaiting());
    }

    /// Writes what the socket takes. Where the socket asks for it, that is fan-out; where a request
    /// does that has opened the stream, it is part of the request.
    @Override
    public long writeTo(WritableByteChannel target) throws IOException {
        assert context.loop().inEventLoop();
        Work before = context.meter().beginIfNone(Work.FAN_OUT);
        try {
            return writeWaiting(target);
        } finally {
            context.meter().end(before);
        }
    }

    private long writeWaiting(WritableByteChannel target) throws IOException {
        long total = 0;
        while (total < MAX_BYTES_PER_TURN
                && !closed
                && (!write.isDone() || chooseWrite() || merge.hasWaiting())) {
            boolean pending = !write.isDone() || write.kind() == PendingWrite.Kind.LAST;
            long written = pending ? writePending(target) : writeBatch(target);
            total += Math.abs(written);
            if (written <= 0) {
                break;
            }
        }
        if (total > 0) {
            lastActivityNanos = context.nanoTime();
            lastWriteNanos = lastActivityNanos;
            context.sent(total);
            account.sent(total);
        }
        noteEnd();
        if (!closed) {
            begunEvent.follow(write, context.nanoTime());
        }
        noteBeginning();
        return total;
    }

    /// Sends a keepalive or a late notice, and ends the stream of a peer that is silent for too
    /// long.
    @Override
    public void visit(long nowNanos) {
        assert context.loop().inEventLoop();
        StreamTimes times = context.times();
        if (nowNanos - lastActivityNanos >= times.timeoutNanos()) {
            timeOut();
            return;
        }
        long blockedNanos = blockedNanos(nowNanos);
        if (blockedNanos >= times.timeoutNanos()) {
            reason = StreamEnd.BLOCKED;
            outlet.cut();
        }
        if (blockedNanos >= 0) {
            return;
        }
        if (ending != null || outlet.isPending() || !write.isDone() || merge.hasWaiting()) {
            return;
        }
        Cursor dropped = merge.untoldHole();
        if (dropped != null) {
            write = PendingWrite.notice(wire.notice(overflow(dropped, lastId)), dropped);
            outlet.flush();
        } else if (keepaliveIsDue(nowNanos, times)) {
            write = PendingWrite.control(wire.notice(KEEPALIVE));
            outlet.flush();
        }
    }

    private boolean keepaliveIsDue(long nowNanos, StreamTimes times) {
        int turn = times.keepaliveTurn(nowNanos, keepalivePhase);
        boolean isNew = turn != keepaliveTurn;
        keepaliveTurn = turn;
        return isNew && times.isKeepaliveDue(nowNanos - lastWriteNanos);
    }

    private void leave() {
        closed = true;
        begunEvent.letGo();
        owner.left(this, reason);
    }

    /// Tells of the end when all that was written is counted.
    private void noteEnd() {
        if (closed && !endNoted) {
            endNoted = true;
            account.ended(reason);
        }
    }

    private void timeOut() {
        boolean inTheMiddle = outlet.isPending() || !write.isDone();
        if (inTheMiddle || wire.end().length == 0) {
            reason = merge.blocksPublishers() ? StreamEnd.BLOCKED : StreamEnd.TIMEOUT;
            outlet.cut();
        } else {
            end(null, StreamEnd.TIMEOUT);
        }
    }

    /// Tells when the head and the replay are written, or nobody is there to take them.
    private void noteBeginning() {
        if (began != null && (closed || merge.hasReplayed(write.isDone()))) {
            begin();
        }
    }

    private void begin() {
        Runnable waiting = began;
        began = null;
        if (waiting != null) {
            waiting.run();
        }
    }

    /// Makes a notice or the end the current write if that is what comes next.
    ///
    /// A notice goes before the next event of any topic: an event's id stands for all topics, so a
    /// client that comes back with it would never learn of a hole that it was not told before.
    private boolean chooseWrite() {
        if (ending != null) {
            write = PendingWrite.last(ending);
            return true;
        }
        Cursor dropped = merge.hasWaiting() ? merge.untoldHole() : null;
        if (dropped == null) {
            return false;
        }
        write = PendingWrite.notice(wire.notice(overflow(dropped, lastId)), dropped);
        return true;
    }

    /// Writes from the current write; the number is negative when the socket took less than all.
    private long writePending(WritableByteChannel target) throws IOException {
        boolean untouched = write.isUntouched();
        int written = write.writeTo(target, context.copyBuffer());
        if (untouched && written == 0 && write.cursor() != null) {
            write = PendingWrite.NONE;
            return 0;
        }
        if (untouched) {
            commitWrite();
        }
        if (!write.isDone()) {
            return -written;
        }
        finishWrite();
        return written;
    }

    private void commitWrite() {
        Cursor cursor = write.cursor();
        LogEntry entry = write.entry();
        if (cursor == null) {
            return;
        }
        if (entry == null) {
            cursor.holeTold();
            return;
        }
        lastId = entry.id();
        cursor.advance(1);
        cursor.topic().progressed(cursor);
    }

    private void finishWrite() {
        LogEntry entry = write.entry();
        if (entry != null) {
            context.delivered(entry.epochNanos(), 1);
            account.delivered(1);
        }
        if (write.kind() == PendingWrite.Kind.LAST) {
            leave();
            outlet.end();
        }
        write = PendingWrite.NONE;
    }

    /// Writes the events that wait in a row; the number is negative when the socket took less than
    /// all.
    private long writeBatch(WritableByteChannel target) throws IOException {
        Cursor queue = merge.first();
        long from = queue.next();
        long end = merge.end(queue);
        Batch batch = context.batches().of(queue.log(), from, end, queue.isBehind(), wire);
        int events = batch.count(end - from);
        if (events == 0) {
            write = PendingWrite.event(queue.log().entry(from), wire, queue);
            return writePending(target);
        }
        ByteBuffer bytes = batch.bytes(events);
        int length = bytes.remaining();
        int written = target.write(bytes);
        if (written == 0) {
            return 0;
        }
        int whole = batch.completeWithin(written, events);
        int begun = written - batch.end(whole - 1);
        if (whole > 0) {
            lastId = batch.entry(whole - 1).id();
            context.delivered(batch.entry(0).epochNanos(), whole);
            account.delivered(whole);
        }
        if (begun > 0) {
            lastId = batch.entry(whole).id();
            write = PendingWrite.rest(batch.entry(whole), wire, begun, queue);
        }
        queue.advance(begun > 0 ? whole + 1 : whole);
        queue.topic().progressed(queue);
        return written == length ? written : -written;
    }
}
