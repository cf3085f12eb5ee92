package io.spillgate.listener;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.AsciiString;
import io.spillgate.config.HostPort;
import io.spillgate.http.Response;
import io.spillgate.limits.ClientAddress;

/// What a request is told that one of the [RequestStages] refuses.
final class StageReplies {
    private static final AsciiString ALLOW = AsciiString.cached("Allow");
    private static final AsciiString WWW_AUTHENTICATE = AsciiString.cached("WWW-Authenticate");

    private static final int HTTPS_PORT = 443;

    private static final String FORWARDED_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    private StageReplies() {}

    static Response misdirected(String host) {
        return Response.text(
                421,
                host
                        + " is not a name of the admin listener; call it by its address or"
                        + " localhost, or list the name in admin.hosts\n");
    }

    /// The same place over TLS.
    ///
    /// @param host as it was asked for, with or without a port
    static String secured(String host, int port) {
        String name = HostPort.judgedHost(host);
        boolean hasPort = host.length() > name.length() + 1;
        return "https://" + name + (hasPort && port != HTTPS_PORT ? ":" + port : "");
    }

    static Response moved(int status, String location) {
        return Response.text(status, "Over TLS: " + location + "\n")
                .with(HttpHeaderNames.LOCATION, location);
    }

    static Response foreignPage(String origin) {
        return Response.text(403, "A page of " + origin + " may not use the admin listener\n");
    }

    static Response tooFrequent(ClientAddress client, int seconds) {
        return Response.text(429, "Too many requests from " + client + "\n").retryAfter(seconds);
    }

    static Response notFound(String path) {
        return Response.text(404, "Nothing is served at " + path + "\n");
    }

    /// @param allow the methods that are for the path, as in Allow
    static Response wrongMethod(String method, String allow) {
        return Response.text(405, method + " is not for this path; allowed: " + allow + "\n")
                .with(ALLOW, allow);
    }

    /// For Max-Forwards: 0 (RFC 9110 section 7.6.2). A request is not reflected: it may hold what a
    /// script must not see.
    static Response lastHop(String method) {
        return method.equals("OPTIONS")
                ? Response.noContent().with(ALLOW, FORWARDED_METHODS)
                : wrongMethod(method, FORWARDED_METHODS);
    }

    static Response notAcceptable() {
        return Response.text(406, "This is a text/event-stream, which Accept excludes\n");
    }

    static Response hubFull(int limit) {
        return Response.text(
                        503,
                        "All subscribers together watch "
                                + limit
                                + " topics already (hub.max_watched_topics)\n")
                .retryAfter(1);
    }

    static Response notLocated() {
        return Response.text(
                        503, "Where the stream begins was not known in time (hub.block_timeout)\n")
                .retryAfter(1);
    }

    static Response publishingOff() {
        return Response.text(
                403,
                "Publishing on this listener is off; set hub.publish_tokens, or publish on the"
                        + " admin listener\n");
    }

    static Response tokenNeeded() {
        return Response.text(
                        401,
                        "A token of hub.publish_tokens is needed: Authorization: Bearer TOKEN\n")
                .with(WWW_AUTHENTICATE, "Bearer");
    }
}
