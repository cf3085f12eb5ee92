package io.spillgate.listener;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.broker.Publication;
import io.spillgate.http.Exchange;
import io.spillgate.http.Refusal;
import io.spillgate.http.RequestRefusal;
import io.spillgate.http.Response;
import io.spillgate.routing.Route;
import io.spillgate.sse.Event;
import io.spillgate.sse.InvalidEvent;

import java.util.Arrays;

/// The publication of one event, whose data is the body of the request.
final class PublishExchange implements Exchange {
    private final RequestContext context;
    private final Route.Publish route;
    private final int maxBytes;
    private final PendingPublish publish;
    private byte[] data;
    private int length;

    /// @param expectedBytes the length that the request declares, at most 0 when it does not
    PublishExchange(RequestContext context, Route.Publish route, long expectedBytes) {
        this.context = context;
        this.route = route;
        maxBytes = context.publishPolicy().maxBodyBytes();
        data = new byte[Math.clamp(expectedBytes, 0, Math.min(maxBytes, 16 * 1024))];
        publish = PendingPublish.of(context, route.topic(), this::answer);
    }

    static Response tooLong(PublishPolicy publishPolicy) {
        return Response.of(
                Refusal.entityTooLarge(
                        "The body is longer than "
                                + publishPolicy.maxBodyBytes()
                                + " bytes (http.max_body_size)"));
    }

    @Override
    public void content(ByteBuf piece) {
        int added = piece.readableBytes();
        if (added > maxBytes - length) {
            context.refuse(tooLong(context.publishPolicy()), RequestRefusal.BODY);
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
    public int settle() {
        return data.length;
    }

    @Override
    public void end(HttpHeaders trailers) {
        byte[] body = length == data.length ? data : Arrays.copyOf(data, length);
        try {
            long retry = route.retry() == null ? -1 : Event.parseRetry(route.retry());
            Publication publication =
                    publish.publish(Event.of(body, route.type(), route.id(), retry));
            if (!publish.isWaiting()) {
                answer(publication);
            }
        } catch (InvalidEvent invalid) {
            context.refuse(
                    Response.of(Refusal.badRequest(invalid.reason())), RequestRefusal.INVALID);
        }
    }

    @Override
    public void abandon() {
        publish.cancel();
    }

    @Override
    public void visit(long nowNanos) {
        publish.visit(nowNanos);
    }

    private void answer(Publication publication) {
        if (publication instanceof Publication.Accepted accepted) {
            context.published(accepted);
            context.answer(PublishAnswers.accepted(accepted.id(), 1));
        } else {
            context.refuse(
                    PublishAnswers.refused(publication, context.publishPolicy()),
                    PublishAnswers.reason(publication));
        }
    }
}
