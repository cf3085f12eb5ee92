package io.spillgate.proxy;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.client.pool.Body;
import io.spillgate.client.pool.PoolRequest;
import io.spillgate.config.RouteConfig.Expectation;

import org.jspecify.annotations.Nullable;

/// Makes what a backend gets of a forwarded request; pure.
final class OutgoingRequest {
    private OutgoingRequest() {}

    /// @param requestId the value of the upstream's request id header, if it has one
    static PoolRequest of(Forwarding what, @Nullable String requestId) {
        HttpHeaders fields = HeaderRules.request(what.headers(), what.from(), what.to(), requestId);
        if (leavesExpectation(what)) {
            fields.set(HttpHeaderNames.EXPECT, HttpHeaderValues.CONTINUE);
        }
        boolean bodiless = what.bodyLength() == 0;
        return new PoolRequest(
                what.method(),
                what.target(),
                Hops.count(what.method(), fields),
                bodiless ? noBody(what) : new Body.Streamed(what.bodyLength()),
                bodiless ? upgrade(what) : null,
                what.rule().streaming(),
                what.wish());
    }

    /// Whether the backend is to say if the client may send its body.
    private static boolean leavesExpectation(Forwarding what) {
        return what.rule().expect() == Expectation.FORWARD
                && what.bodyLength() != 0
                && is11(what)
                && HeaderRules.expectsContinue(what.headers());
    }

    /// A length of 0 that the client states is stated to the backend, too.
    private static Body noBody(Forwarding what) {
        return what.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
                ? new Body.Held(Unpooled.EMPTY_BUFFER)
                : Body.NONE;
    }

    private static @Nullable String upgrade(Forwarding what) {
        return is11(what)
                ? HeaderRules.upgrade(what.method(), what.headers(), what.rule().upgrade())
                : null;
    }

    private static boolean is11(Forwarding what) {
        return what.from().version().equals("1.1");
    }
}
