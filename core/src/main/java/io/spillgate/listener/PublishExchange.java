package io.spillgate.listener;

import io.netty.buffer.ByteBuf;
import io.spillgate.broker.Publication;
import io.spillgate.metrics.RequestRefusal;
import io.spillgate.routing.Route;
import io.spillgate.sse.Event;
import io.spillgate.sse.InvalidEvent;

import java.util.Arrays;

/// The publication of one event, whose data is the body of the request.
final class PublishExchange implements Exchange {
    private final RequestHandler handler;
    private final Route.Publish route;
    private final int maxBytes;
    private final PendingPublish publish;
    private byte[] data;
    private int length;

    /// @param expectedBytes the length that the request declares, 0 when it does not
    PublishExchange(RequestHandler handler, Route.Publish route, long expectedBytes) {
        this.handler = handler;
        this.route = route;
        maxBytes = handler.intake().maxBodyBytes();
        data = new byte[(int) Math.min(expectedBytes, Math.min(maxBytes, 16 * 1024))];
        publish = PendingPublish.of(handler, route.topic(), this::answer);
    }

    static Answer tooLong(Intake intake) {
        return Answer.of(
                Refusal.entityTooLarge(
                        "The body is longer than "
                                + intake.maxBodyBytes()
                                + " bytes (http.max_body_size)"));
    }

    @Override
    public void content(ByteBuf piece) {
        int added = piece.readableBytes();
        if (added > maxBytes - length) {
            handler.refuse(tooLong(handler.intake()), RequestRefusal.BODY);
            return;
        }
        if (length + added > data.length) {
            data =
                    Arrays.copyOf(
                            data, Math.min(maxBytes, Math.max(length + added, 2 * data.length)));
        }
        piece.readBytes(data, length, added);
        length += added;
    }

    @Override
    public void end() {
        byte[] body = length == data.length ? data : Arrays.copyOf(data, length);
        try {
            long retry = route.retry() == null ? -1 : Event.parseRetry(route.retry());
            Publication publication =
                    publish.publish(Event.of(body, route.type(), route.id(), retry));
            if (!publish.isWaiting()) {
                answer(publication);
            }
        } catch (InvalidEvent invalid) {
            handler.refuse(Answer.of(Refusal.badRequest(invalid.reason())), RequestRefusal.INVALID);
        }
    }

    @Override
    public void abandon() {
        publish.cancel();
    }

    @Override
    public boolean isEndless() {
        return false;
    }

    @Override
    public void visit(long nowNanos) {
        publish.visit(nowNanos);
    }

    private void answer(Publication publication) {
        if (publication instanceof Publication.Accepted accepted) {
            handler.published(accepted);
            handler.answer(PublishAnswers.accepted(accepted.id(), 1));
        } else {
            handler.refuse(
                    PublishAnswers.refused(publication, handler.intake()),
                    PublishAnswers.reason(publication));
        }
    }
}
