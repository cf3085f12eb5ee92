package io.spillgate.listener;

import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.http.Refusal;
import io.spillgate.http.RequestRefusal;
import io.spillgate.http.Response;
import io.spillgate.limits.Cors;
import io.spillgate.proxy.Replies;
import io.spillgate.routing.Route;

/// What the listener itself tells the client of a forwarded request.
final class ForwardReplies implements Replies {
    private final RequestContext context;
    private final Route.Forward route;

    ForwardReplies(RequestContext context, Route.Forward route) {
        this.context = context;
        this.route = route;
    }

    static Response tooLong(long maxBodyBytes) {
        return Response.of(
                Refusal.entityTooLarge(
                        "The body is longer than "
                                + maxBodyBytes
                                + " bytes (max_body_size of the route)"));
    }

    @Override
    public HttpHeaders policy() {
        Cors cors = route.cors();
        return cors == null ? EmptyHttpHeaders.INSTANCE : cors.fields(context.stream().origin());
    }

    @Override
    public boolean isCorsOfBackend() {
        return route.cors() == null;
    }

    @Override
    public long maxBodyBytes() {
        return route.maxBodyBytes();
    }

    @Override
    public void bodyTooLong() {
        context.refuse(tooLong(maxBodyBytes()), RequestRefusal.BODY);
    }

    @Override
    public void failed(int status, String text) {
        Response plain = Response.text(status, text);
        context.answer(status == 503 ? plain.retryAfter(1) : plain);
    }
}
