package io.spillgate.sse;

import io.netty.buffer.ByteBuf;
import io.spillgate.net.BoundedBytes;

import org.jspecify.annotations.Nullable;

/// Reads the event-stream format piece by piece (WHATWG HTML section 9.2.6).
///
/// Lines may end with CR, LF or CRLF and be cut anywhere between two pieces; one byte order mark at
/// the start is skipped; comments and unknown fields are passed over; an event without data, and
/// the last one when its blank line never comes, are not dispatched. A line that lies within one
/// piece is not copied, so the cost is linear in the bytes fed.
///
/// Two readings of the same grammar: [#forPublish(int, PublishSink)] refuses what a publisher must
/// not send, [#forClient(int, ClientSink)] does what a browser does. Bounds: one event's data and
/// one line; beyond, the parser stops with [#error()]. Not thread-safe. The sink must not feed the
/// parser.
public final class EventStreamParser {
    private static final byte[] NO_BYTES = {};
    private static final int PIECE = 8 * 1024;
    private static final int FIELD_NAME_ROOM = 16;

    private final EventFields fields;
    private final int maxLineBytes;
    private final BoundedBytes partialLine;
    private byte[] scratch = NO_BYTES;
    private boolean afterCr;
    private boolean begun;
    private boolean stopped;

    private EventStreamParser(EventFields fields, int maxEventBytes) {
        this.fields = fields;
        this.maxLineBytes =
                Math.addExact(Math.max(maxEventBytes, Event.MAX_FIELD_BYTES), FIELD_NAME_ROOM);
        partialLine = new BoundedBytes(maxLineBytes);
    }

    /// Takes the events of an upload.
    public interface PublishSink {
        /// One event is complete.
        ///
        /// @return true to go on; false to stop behind this event, so that `feed` returns
        boolean event(Event event);
    }

    /// Takes the events of a stream that we subscribed to.
    public interface ClientSink {
        /// One event is complete.
        ///
        /// @param type the event's type, `message` when the stream names none
        /// @param data the lines of data joined with LF
        /// @param lastEventId the id of this event, or of the last one that had one, or the empty
        ///   string
        /// @param hasId whether this event itself carries that id
        /// @param topic what a field `topic` says, as our streams have it when asked for; null when
        ///   there is none
        void event(
                String type,
                String data,
                String lastEventId,
                boolean hasId,
                @Nullable String topic);

        /// The stream asks for this reconnection time, in milliseconds.
        void retry(long millis);
    }

    /// A strict reader for uploads. NUL in an id or type, an id that begins like ours, a `retry`
    /// that is not digits, and anything that is not UTF-8 are errors. An id belongs to the event
    /// that carries it, only.
    ///
    /// @param maxEventBytes the most data that one event may have, in bytes
    public static EventStreamParser forPublish(int maxEventBytes, PublishSink sink) {
        return new EventStreamParser(new PublishFields(maxEventBytes, sink), maxEventBytes);
    }

    /// A lenient reader for streams. What the format calls wrong is passed over, malformed UTF-8 is
    /// replaced, and ids persist from event to event.
    ///
    /// @param maxEventBytes the most data that one event may have, in bytes
    public static EventStreamParser forClient(int maxEventBytes, ClientSink sink) {
        return forClient(maxEventBytes, "", sink);
    }

    /// The same for a stream that goes on after another one.
    ///
    /// @param lastEventId the id that the stream was asked to go on after; holds until the stream
    ///   brings another one
    public static EventStreamParser forClient(
            int maxEventBytes, String lastEventId, ClientSink sink) {
        ClientFields fields = new ClientFields(maxEventBytes, lastEventId, sink);
        return new EventStreamParser(fields, maxEventBytes);
    }

    /// Reads a piece of the stream.
    ///
    /// @return how many bytes were taken: all of them, unless the sink said stop or [#error()] is
    ///   set; what was not taken must be fed again after a stop
    public int feed(byte[] piece, int offset, int length) {
        stopped = false;
        if (fields.error() != null) {
            return 0;
        }
        int end = offset + length;
        int at = offset;
        while (at < end) {
            if (afterCr) {
                afterCr = false;
                at += piece[at] == '\n' ? 1 : 0;
            }
            int eol = endOfLine(piece, at, end);
            if (eol == end) {
                keep(piece, at, end);
                return length;
            }
            afterCr = piece[eol] == '\r';
            boolean goOn = line(piece, at, eol);
            at = eol + 1;
            if (!goOn) {
                stopped = true;
                return at - offset;
            }
        }
        return length;
    }

    /// Reads what is readable; the reader index moves over what was taken.
    ///
    /// @return false when the sink said stop or [#error()] is set
    public boolean feed(ByteBuf in) {
        while (in.isReadable()) {
            int taken;
            int length = in.readableBytes();
            if (in.hasArray()) {
                taken = feed(in.array(), in.arrayOffset() + in.readerIndex(), length);
            } else {
                length = Math.min(length, PIECE);
                scratch = scratch.length == 0 ? new byte[PIECE] : scratch;
                in.getBytes(in.readerIndex(), scratch, 0, length);
                taken = feed(scratch, 0, length);
            }
            in.skipBytes(taken);
            if (stopped || fields.error() != null) {
                return false;
            }
        }
        return true;
    }

    /// Why the stream cannot be read on, in one sentence; null while all is well. Final once set.
    public @Nullable String error() {
        return fields.error();
    }

    /// The id that a reconnect has to send: of the last event, or the empty string. For a client
    /// only.
    public String lastEventId() {
        return fields.lastEventId();
    }

    private static int endOfLine(byte[] piece, int from, int end) {
        int at = from;
        while (at < end && piece[at] != '\n' && piece[at] != '\r') {
            at++;
        }
        return at;
    }

    private void keep(byte[] piece, int from, int to) {
        if (!partialLine.add(piece, from, to - from)) {
            fields.fail("a line is longer than " + maxLineBytes + " bytes");
        }
    }

    private boolean line(byte[] piece, int from, int to) {
        if (partialLine.length() == 0 && to - from <= maxLineBytes) {
            return firstLineOrLater(piece, from, to);
        }
        keep(piece, from, to);
        if (fields.error() != null) {
            return false;
        }
        boolean goOn = firstLineOrLater(partialLine.array(), 0, partialLine.length());
        partialLine.clear(PIECE);
        return goOn;
    }

    private boolean firstLineOrLater(byte[] line, int from, int to) {
        boolean mark =
                !begun
                        && to - from >= 3
                        && line[from] == (byte) 0xef
                        && line[from + 1] == (byte) 0xbb
                        && line[from + 2] == (byte) 0xbf;
        begun = true;
        return fields.line(line, mark ? from + 3 : from, to);
    }
}
