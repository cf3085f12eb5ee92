package io.spillgate.listener;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.http.Exchange;
import io.spillgate.http.RequestRefusal;
import io.spillgate.log.Publication;
import io.spillgate.net.HeldPieces;
import io.spillgate.sse.Event;
import io.spillgate.sse.EventStreamParser;

import org.jspecify.annotations.Nullable;

/// The publication of a stream of events: each is published as soon as it is complete, for as long
/// as the body goes on.
///
/// While an event waits for room, nothing more is read from the socket.
final class UploadExchange implements Exchange {
    private final RequestContext context;
    private final EventStreamParser parser;
    private final PendingPublish publish;
    private final HeldPieces unread = new HeldPieces();
    private @Nullable Publication failure;
    private @Nullable String lastId;
    private long published;
    private int sinceEventBytes;
    private boolean eventEnded;
    private boolean ended;
    private boolean answered;

    @SuppressWarnings("this-escape") // final class
    UploadExchange(RequestContext context, String topic) {
        this.context = context;
        parser =
                EventStreamParser.forPublish(context.publishPolicy().maxBodyBytes(), this::publish);
        publish = new PendingPublish(context, topic, this::afterWait);
    }

    @Override
    public void content(ByteBuf piece) {
        if (answered) {
            return;
        }
        unread.add(piece);
        if (!publish.isWaiting()) {
            read();
        }
    }

    /// What the parser holds of an event that has begun is not more than what came since the last
    /// one.
    @Override
    public int settle() {
        return unread.settle() + sinceEventBytes;
    }

    @Override
    public void end(HttpHeaders trailers) {
        ended = true;
        if (!publish.isWaiting()) {
            finish();
        }
    }

    @Override
    public void abandon() {
        answered = true;
        publish.cancel();
        release();
    }

    @Override
    public boolean isEndless() {
        return true;
    }

    private void read() {
        for (ByteBuf piece = unread.first();
                piece != null && !publish.isWaiting() && failure == null && parser.error() == null;
                piece = unread.first()) {
            feed(piece);
        }
        if (failure != null || parser.error() != null || (ended && !publish.isWaiting())) {
            finish();
        } else {
            context.stream().read(!publish.isWaiting());
        }
    }

    private void feed(ByteBuf piece) {
        int begin = piece.readerIndex();
        eventEnded = false;
        parser.feed(piece);
        int end = piece.readerIndex();
        sinceEventBytes =
                eventEnded
                        ? behindBlankLine(piece, begin, end)
                        : Math.min(
                                context.publishPolicy().maxBodyBytes(),
                                sinceEventBytes + end - begin);
        if (!piece.isReadable() && unread.poll() != null) {
            piece.release();
        }
    }

    /// Bytes behind the last blank line; all, if none is found.
    private static int behindBlankLine(ByteBuf piece, int begin, int end) {
        for (int at = end - 1; at > begin; at--) {
            byte b = piece.getByte(at);
            boolean doubled = (b == '\n' || b == '\r') && piece.getByte(at - 1) == b;
            boolean afterCrLf =
                    b == '\n'
                            && at - 2 >= begin
                            && piece.getByte(at - 1) == '\r'
                            && piece.getByte(at - 2) == '\n';
            if (doubled || afterCrLf) {
                return end - at - 1;
            }
        }
        return end - begin;
    }

    /// Takes an event from the parser; false stops it.
    private boolean publish(Event event) {
        eventEnded = true;
        context.stream().renewInput();
        Publication publication = publish.publish(event);
        if (publish.isWaiting()) {
            return false;
        }
        count(publication);
        return failure == null;
    }

    private void afterWait(Publication publication) {
        count(publication);
        read();
    }

    private void count(Publication publication) {
        if (publication instanceof Publication.Accepted accepted) {
            context.published(accepted);
            lastId = accepted.id();
            published++;
        } else {
            failure = publication;
        }
    }

    private void finish() {
        if (answered) {
            return;
        }
        answered = true;
        release();
        String error = parser.error();
        if (failure != null) {
            String text = Publication.whyNot(failure, context.publishPolicy().blockNanos());
            context.refuse(
                    PublishAnswers.stopped(503, text, published), PublishAnswers.reason(failure));
        } else if (error != null) {
            context.refuse(PublishAnswers.stopped(400, error, published), RequestRefusal.INVALID);
        } else {
            context.answer(PublishAnswers.accepted(lastId, published));
        }
    }

    private void release() {
        unread.release();
        sinceEventBytes = 0;
    }
}
