package io.spillgate.listener;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.broker.Publication;
import io.spillgate.metrics.RequestRefusal;
import io.spillgate.sse.Event;
import io.spillgate.sse.EventStreamParser;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;

/// The publication of a stream of events: each is published as soon as it is complete, for as long
/// as the body goes on.
///
/// While an event waits for room, nothing more is read from the socket.
final class UploadExchange implements Exchange {
    private final Serving serving;
    private final EventStreamParser parser;
    private final PendingPublish publish;
    private final ArrayDeque<ByteBuf> unread = new ArrayDeque<>(2);
    private @Nullable Publication failure;
    private @Nullable String lastId;
    private long published;
    private boolean ended;
    private boolean answered;

    @SuppressWarnings("this-escape") // final class
    UploadExchange(Serving serving, String topic) {
        this.serving = serving;
        parser = EventStreamParser.forPublish(serving.intake().maxBodyBytes(), this::publish);
        publish = PendingPublish.of(serving, topic, this::afterWait);
    }

    @Override
    public void content(ByteBuf piece) {
        if (answered) {
            return;
        }
        unread.add(piece.retain());
        if (!publish.isWaiting()) {
            read();
        }
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

    @Override
    public void visit(long nowNanos) {
        publish.visit(nowNanos);
    }

    private void read() {
        while (!unread.isEmpty()
                && !publish.isWaiting()
                && failure == null
                && parser.error() == null) {
            ByteBuf piece = unread.getFirst();
            parser.feed(piece);
            if (!piece.isReadable()) {
                unread.removeFirst().release();
            }
        }
        if (failure != null || parser.error() != null || (ended && !publish.isWaiting())) {
            finish();
        } else {
            serving.readMore(!publish.isWaiting());
        }
    }

    /// Takes an event from the parser; false stops it.
    private boolean publish(Event event) {
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
            serving.published(accepted);
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
            String text = PublishAnswers.error(failure, serving.intake());
            serving.refuse(
                    PublishAnswers.stopped(503, text, published), PublishAnswers.reason(failure));
        } else if (error != null) {
            serving.refuse(PublishAnswers.stopped(400, error, published), RequestRefusal.INVALID);
        } else {
            serving.answer(PublishAnswers.accepted(lastId, published));
        }
    }

    private void release() {
        unread.forEach(ByteBuf::release);
        unread.clear();
    }
}
