package io.spillgate.listener;

import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.http.Refusal;
import io.spillgate.http.RequestRefusal;
import io.spillgate.http.Response;
import io.spillgate.proxy.Replies;

/// What the listener itself tells the client of a forwarded request.
final class ForwardReplies implements Replies {
    private final RequestContext context;
    private final long maxBodyBytes;

    ForwardReplies(RequestContext context, long maxBodyBytes) {
        this.context = context;
        this.maxBodyBytes = maxBodyBytes;
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
        return context.policy();
    }

    @Override
    public long maxBodyBytes() {
        return maxBodyBytes;
    }

    @Override
    public void bodyTooLong() {
        context.refuse(tooLong(maxBodyBytes), RequestRefusal.BODY);
    }

    @Override
    public void failed(int status, String text) {
        Response plain = Response.text(status, text);
        context.answer(status == 503 ? plain.retryAfter(1) : plain);
    }
}
