package io.spillgate.listener;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.http.Exchange;
import io.spillgate.http.Refusal;
import io.spillgate.http.RequestRefusal;
import io.spillgate.http.Response;
import io.spillgate.log.Publication;
import io.spillgate.net.BoundedBytes;
import io.spillgate.routing.Route;
import io.spillgate.sse.Event;
import io.spillgate.sse.InvalidEvent;

/// The publication of one event, whose data is the body of the request.
final class PublishExchange implements Exchange {
    private final RequestContext context;
    private final Route.Publish route;
    private final PendingPublish publish;
    private final BoundedBytes data;

    /// @param expectedBytes the length that the request declares, at most 0 when it does not
    PublishExchange(RequestContext context, Route.Publish route, long expectedBytes) {
        this.context = context;
        this.route = route;
        int maxBytes = context.publishPolicy().maxBodyBytes();
        int room = Math.clamp(expectedBytes, 0, Math.min(maxBytes, 16 * 1024));
        data = new BoundedBytes(maxBytes, room);
        publish = new PendingPublish(context, route.topic(), this::answer);
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
        if (!data.add(piece)) {
            context.refuse(tooLong(context.publishPolicy()), RequestRefusal.BODY);
        }
    }

    @Override
    public int settle() {
        return data.capacity();
    }

    @Override
    public void end(HttpHeaders trailers) {
        try {
            long retry = route.retry() == null ? -1 : Event.parseRetry(route.retry());
            Publication publication =
                    publish.publish(Event.of(data.exactArray(), route.type(), route.id(), retry));
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

    private void answer(Publication publication) {
        if (publication instanceof Publication.Accepted accepted) {
            context.published(accepted);
            context.answer(PublishAnswers.accepted(accepted));
        } else {
            context.refuse(
                    PublishAnswers.refused(publication, context.publishPolicy()),
                    PublishAnswers.reason(publication));
        }
    }
}
