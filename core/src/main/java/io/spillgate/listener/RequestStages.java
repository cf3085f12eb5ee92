package io.spillgate.listener;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import io.spillgate.admission.Permit;
import io.spillgate.admission.Shed;
import io.spillgate.admission.Waiter;
import io.spillgate.config.ReplyConfig;
import io.spillgate.config.RequestClass;
import io.spillgate.http.Accepts;
import io.spillgate.http.Exchange;
import io.spillgate.http.Peer;
import io.spillgate.http.Refusal;
import io.spillgate.http.RequestRefusal;
import io.spillgate.http.Response;
import io.spillgate.http.ServerStream;
import io.spillgate.hub.WatchedTopics;
import io.spillgate.limits.ClientAddress;
import io.spillgate.metrics.Cells;
import io.spillgate.metrics.Counter;
import io.spillgate.metrics.Handler;
import io.spillgate.proxy.Forwarder;
import io.spillgate.proxy.Forwarding;
import io.spillgate.proxy.Sender;
import io.spillgate.routing.RequestTarget;
import io.spillgate.routing.Route;
import io.spillgate.routing.Router;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The way of a request whose head is sound: host of the admin listener, health, CORS preflight,
/// rate limit, route, admission, serving. Handlers refuse what they can tell from the head before
/// admission: that costs less than a place in line.
final class RequestStages {
    private static final AsciiString ALLOW = AsciiString.cached("Allow");
    private static final AsciiString WWW_AUTHENTICATE = AsciiString.cached("WWW-Authenticate");

    private final Services services;
    private final Serving serving;
    private final ServerStream stream;
    private final HttpRequest head;
    private final Settings settings;
    private final HttpHeaders headers;
    private final String method;
    private final RequestTarget target;
    private boolean admitted;

    RequestStages(Services services, Serving serving) {
        this.services = services;
        this.serving = serving;
        stream = serving.stream();
        head = stream.head();
        settings = serving.settings();
        headers = head.headers();
        method = head.method().name();
        target = RequestTarget.parse(stream.target());
    }

    void run() {
        if (isMisdirected() || isHealthCheck() || isPreflight() || isTooFrequent()) {
            return;
        }
        route();
    }

    /// Goes on behind admission, with settings that came while the request was waiting for it.
    private void routeAdmitted() {
        admitted = true;
        route();
    }

    private void route() {
        switch (settings.router().route(method, headers.get(HttpHeaderNames.HOST), target)) {
            case Route.Subscribe subscribe -> subscribe(subscribe);
            case Route.Publish publish -> publish(publish);
            case Route.Forward forward -> forward(forward);
            case Route.Fixed fixed -> reply(fixed.reply());
            case Route.Operate operate -> operate(operate.command());
            case Route.WrongMethod wrong -> refuseMethod(wrong.allow());
            case Route.Invalid invalid ->
                    refuse(Refusal.badRequest(invalid.reason()), RequestRefusal.INVALID);
            case Route.Unknown _ ->
                    serving.refuse(
                            Response.text(404, "Nothing is served at " + target.path() + "\n"),
                            RequestRefusal.NOT_FOUND);
        }
    }

    private boolean isHealthCheck() {
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return false;
        }
        Router router = settings.router();
        if (router.isHealth(target.path())) {
            serving.answer(Response.text(200, "ok"), Handler.HEALTH);
            return true;
        }
        if (router.isReady(target.path())) {
            boolean ready = services.isReady();
            serving.answer(
                    Response.text(ready ? 200 : 503, ready ? "ok" : "not ready"), Handler.HEALTH);
            return true;
        }
        return false;
    }

    private boolean isPreflight() {
        boolean preflight =
                method.equals("OPTIONS")
                        && headers.contains(HttpHeaderNames.ORIGIN)
                        && headers.contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD)
                        && !serving.isAdmin();
        if (preflight) {
            serving.answer(Response.noContent(), Handler.PREFLIGHT);
        }
        return preflight;
    }

    private boolean isTooFrequent() {
        Peer peer = settings.rate().isOff() ? null : stream.peer();
        if (peer == null) {
            return false;
        }
        ClientAddress client = settings.proxies().client(peer.address(), headers::getAll);
        long nowMillis = TimeUnit.NANOSECONDS.toMillis(serving.station().now());
        long waitMillis = settings.rate().tryAcquire(client.key(), nowMillis);
        if (waitMillis == 0) {
            return false;
        }
        serving.station().cells().add(Counter.RATE_LIMIT_HITS, 1);
        int seconds = Math.max(1, Math.toIntExact(Math.ceilDiv(waitMillis - 1, 1000L)));
        Response answer =
                settings.shedding().softens(head)
                        ? settings.shedding().softly(seconds, () -> "rate")
                        : Response.text(429, "Too many requests from " + client + "\n")
                                .retryAfter(seconds);
        serving.refuse(answer, RequestRefusal.RATE);
        return true;
    }

    private void subscribe(Route.Subscribe route) {
        if (!Accepts.eventStream(headers.getAll(HttpHeaderNames.ACCEPT))) {
            serving.refuse(
                    Response.text(406, "This is a text/event-stream, which Accept excludes\n"),
                    RequestRefusal.NOT_ACCEPTABLE);
            return;
        }
        if (method.equals("HEAD")) {
            serving.subscribeHead();
            return;
        }
        String header = headers.get("Last-Event-ID");
        String lastEventId = header == null ? route.lastEventId() : utf8(header);
        boolean resumes = lastEventId != null && !lastEventId.isEmpty();
        RequestClass kind =
                route.priority().orElse(resumes ? RequestClass.RESUME : RequestClass.STREAM);
        admit(kind, Handler.SUBSCRIBE, () -> stream(route.topics(), lastEventId));
    }

    private void stream(List<String> topics, @Nullable String lastEventId) {
        WatchedTopics watched = services.hub().watchedTopics();
        if (watched.tryAdd(topics.size())) {
            serving.subscribe(topics, lastEventId);
            return;
        }
        serving.refuse(
                Response.text(
                                503,
                                "All subscribers together watch "
                                        + watched.limit()
                                        + " topics already (hub.max_watched_topics)\n")
                        .retryAfter(1),
                RequestRefusal.HUB_FULL);
    }

    private void publish(Route.Publish route) {
        Intake intake = settings.intake();
        if (!intake.isEnabled()) {
            serving.refuse(
                    Response.text(
                            403,
                            "Publishing on this listener is off; set hub.publish_tokens, or publish"
                                    + " on the admin listener\n"),
                    RequestRefusal.FORBIDDEN);
            return;
        }
        if (!intake.permits(headers.get(HttpHeaderNames.AUTHORIZATION))) {
            serving.refuse(
                    Response.text(
                                    401,
                                    "A token of hub.publish_tokens is needed: Authorization:"
                                            + " Bearer TOKEN\n")
                            .with(WWW_AUTHENTICATE, "Bearer"),
                    RequestRefusal.UNAUTHORIZED);
            return;
        }
        if (isForeignPage()) {
            return;
        }
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        boolean upload = type != null && Accepts.isEventStream(type);
        if (!upload && stream.contentLength() > intake.maxBodyBytes()) {
            serving.refuse(PublishExchange.tooLong(intake), RequestRefusal.BODY);
            return;
        }
        admit(
                RequestClass.PUBLISH,
                Handler.PUBLISH,
                () ->
                        begin(
                                upload
                                        ? new UploadExchange(serving, route.topic())
                                        : new PublishExchange(
                                                serving, route, stream.contentLength())));
    }

    /// Runs the work when there is a permit for it: now, later, or never. The operators' listener
    /// asks nobody.
    private void admit(RequestClass kind, Handler handler, Runnable work) {
        serving.by(handler);
        if (admitted || serving.isAdmin()) {
            work.run();
            return;
        }
        Permit permit = services.admission().tryEnter(kind, cells());
        if (permit != null) {
            run(permit, work);
            return;
        }
        WaitingExchange waiting =
                new WaitingExchange(serving, late -> runLate(late, work), this::refuseBusy);
        switch (services.admission().ask(kind, cells(), waiting)) {
            case Permit late -> run(late, work);
            case Shed shed -> refuseBusy(shed);
            case Waiter waiter -> {
                serving.begin(waiting, handler);
                waiting.begin(waiter);
            }
        }
    }

    private void run(Permit permit, Runnable work) {
        serving.hold(permit);
        work.run();
    }

    /// A reload while the request was waiting holds for it, too: what it was routed to may be gone.
    private void runLate(Permit permit, Runnable work) {
        serving.hold(permit);
        if (serving.renewSettings()) {
            new RequestStages(services, serving).routeAdmitted();
        } else {
            work.run();
        }
    }

    private void refuseBusy(Shed shed) {
        Shedding shedding = settings.shedding();
        Response answer =
                settings.shedding().softens(head)
                        ? shedding.softly(shed.retryAfterSeconds(), () -> Shedding.gate(shed))
                        : shedding.busy(shed);
        serving.refuse(answer, RequestRefusal.ADMISSION);
    }

    private Cells cells() {
        return serving.station().cells();
    }

    private void begin(Exchange exchange) {
        serving.begin(exchange, Handler.PUBLISH);
        stream.invite();
    }

    private void forward(Route.Forward route) {
        if (stream.contentLength() > route.maxBodyBytes()) {
            serving.refuse(ForwardReplies.tooLong(route.maxBodyBytes()), RequestRefusal.BODY);
            return;
        }
        admit(route.priority(), Handler.PROXY, () -> begin(route));
    }

    private void begin(Route.Forward route) {
        Forwarding what =
                new Forwarding(
                        settings.upstream(route.to()),
                        sender(),
                        method,
                        route.target(),
                        headers,
                        stream.contentLength(),
                        route.streaming(),
                        settings.times().connectionNanos());
        Forwarder forwarder =
                services.backends()
                        .forwarder(
                                stream,
                                serving.station().meter(),
                                what,
                                new ForwardReplies(serving, route.maxBodyBytes()));
        serving.begin(forwarder, Handler.PROXY);
        forwarder.start();
    }

    private Sender sender() {
        Peer peer = stream.peer();
        return new Sender(
                peer == null ? "unknown" : peer.text(),
                peer != null && settings.proxies().trustsXForwarded(peer.address()),
                peer == null ? null : told(peer.address()),
                stream.scheme(),
                stream.isHttp10() ? "1.0" : "1.1");
    }

    private Sender.@Nullable Told told(ClientAddress address) {
        return settings.proxies()
                .way(address, headers::getAll)
                .map(way -> new Sender.Told(way.hops(), way.elements(), way.proto(), way.host()))
                .orElse(null);
    }

    private void reply(ReplyConfig reply) {
        serving.answer(
                Response.of(reply.status(), reply.contentType(), reply.body()), Handler.REPLY);
    }

    private void operate(Route.Command command) {
        if (isForeignPage()) {
            return;
        }
        serving.begin(
                new OperateExchange(
                        serving,
                        services.operations(),
                        command,
                        headers.get(HttpHeaderNames.ACCEPT)),
                Handler.ADMIN);
        stream.invite();
    }

    /// Header values are decoded byte by byte; browsers send the last event id as UTF-8.
    private static String utf8(String value) {
        return new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /// Refuses what comes to the operators' listener by a name that is not its own.
    private boolean isMisdirected() {
        String host = serving.isAdmin() ? askedHost() : null;
        if (host == null || settings.hosts().include(host)) {
            return false;
        }
        serving.refuse(
                Response.text(
                        421,
                        host
                                + " is not a name of the admin listener; call it by its address or"
                                + " localhost, or list the name in admin.hosts\n"),
                RequestRefusal.MISDIRECTED);
        return true;
    }

    /// Refuses what a web page of another origin makes a browser send to the operators' listener.
    private boolean isForeignPage() {
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        if (!serving.isAdmin() || origin == null || settings.hosts().own(origin, askedHost())) {
            return false;
        }
        serving.refuse(
                Response.text(403, "A page of " + origin + " may not use the admin listener\n"),
                RequestRefusal.FORBIDDEN);
        return true;
    }

    private @Nullable String askedHost() {
        return OwnHosts.asked(head.uri(), headers.get(HttpHeaderNames.HOST));
    }

    private void refuseMethod(String allow) {
        serving.refuse(
                Response.text(405, method + " is not for this path; allowed: " + allow + "\n")
                        .with(ALLOW, allow),
                RequestRefusal.METHOD);
    }

    private void refuse(Refusal refusal, RequestRefusal reason) {
        serving.refuse(Response.of(refusal), reason);
    }
}
