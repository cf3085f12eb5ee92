package io.spillgate.listener;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.spillgate.admission.Permit;
import io.spillgate.admission.Verdict;
import io.spillgate.admission.Waiter;
import io.spillgate.config.ReplyConfig;
import io.spillgate.http.Exchange;
import io.spillgate.http.Peer;
import io.spillgate.http.Refusal;
import io.spillgate.http.RequestRefusal;
import io.spillgate.http.Response;
import io.spillgate.http.ServerStream;
import io.spillgate.hub.WatchedTopics;
import io.spillgate.limits.ClientAddress;
import io.spillgate.limits.Cors;
import io.spillgate.metrics.Cells;
import io.spillgate.metrics.Counter;
import io.spillgate.metrics.Handler;
import io.spillgate.proxy.Hops;
import io.spillgate.routing.RequestTarget;
import io.spillgate.routing.Route;
import io.spillgate.sse.EventStreamType;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The way of a request whose head is sound.
///
/// ```
///   own host ─ health ─ https ─ preflight ─ rate limit ─ route ─┬─ reply, operate
///                                                       └─ check of the head ─ admission ─ service
/// ```
///
/// What the head condemns is refused before admission: that costs less than a place in the queue.
final class RequestStages {
    /// In their order; the first one that answers is the last one.
    private static final Stage[] STAGES = {
        RequestStages::isMisdirected, // 421: not a name of the admin listener
        RequestStages::isHealthCheck, // 200 or 503
        RequestStages::isInsecure, // 301 or 308: to https
        RequestStages::isPreflight, // 204: CORS
        RequestStages::isTooFrequent, // 429: rate limit
        RequestStages::isRouted, // everything else, by its path
    };

    private final Services services;
    private final RequestContext context;
    private final ServerStream stream;
    private final HttpRequest head;
    private final Settings settings;
    private final HttpHeaders headers;
    private final String method;
    private final RequestTarget target;
    private final String routed;
    private boolean admitted;

    /// One step of the way.
    private interface Stage {
        /// Whether the request is answered, or in the hands of an exchange, by this.
        boolean ends(RequestStages request);
    }

    RequestStages(Services services, RequestContext context) {
        this.services = services;
        this.context = context;
        stream = context.stream();
        head = stream.head();
        settings = context.settings();
        headers = head.headers();
        method = head.method().name();
        target = RequestTarget.parse(stream.target());
        routed = routedMethod();
    }

    /// The method by which the request is routed: for a preflight the one that it asks for.
    private String routedMethod() {
        boolean preflight =
                method.equals("OPTIONS")
                        && headers.contains(HttpHeaderNames.ORIGIN)
                        && !context.isAdmin();
        String asked =
                preflight ? headers.get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD) : null;
        return asked == null ? method : asked;
    }

    void run() {
        for (Stage stage : STAGES) {
            if (stage.ends(this)) {
                return;
            }
        }
    }

    /// Refuses what comes to the operators' listener by a name that is not its own.
    private boolean isMisdirected() {
        String host = context.isAdmin() ? askedHost() : null;
        if (host == null || settings.hosts().include(host)) {
            return false;
        }
        context.refuse(StageReplies.misdirected(host), RequestRefusal.MISDIRECTED);
        return true;
    }

    private boolean isHealthCheck() {
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return false;
        }
        Route.Probe probe = settings.router().reserved(target.path());
        if (probe != null) {
            check(probe);
        }
        return probe != null;
    }

    private void check(Route.Probe probe) {
        boolean well = probe == Route.Probe.ALIVE || services.isReady();
        context.answer(Response.text(well ? 200 : 503, well ? "ok" : "not ready"), Handler.HEALTH);
    }

    /// Sends who comes without TLS to the entrance with it. Who has named a port gets that one's;
    /// who has named none reaches us by 80, and https by 443.
    private boolean isInsecure() {
        if (!settings.redirectsToTls() || stream.scheme().equals("https")) {
            return false;
        }
        String asked = askedHost();
        if (asked == null) {
            context.refuse(
                    Response.of(Refusal.badRequest("Host is needed for the redirect to https")),
                    RequestRefusal.INVALID);
            return true;
        }
        boolean reads = method.equals("GET") || method.equals("HEAD");
        String path = stream.target().startsWith("/") ? stream.target() : "/"; // OPTIONS *
        String place = StageReplies.secured(asked, context.securePort()) + path;
        context.answer(StageReplies.moved(reads ? 301 : 308, place), Handler.REPLY);
        return true;
    }

    /// A backend answers preflights itself where its route says nothing else.
    private boolean isPreflight() {
        if (routed.equals(method)) {
            return false;
        }
        if (routing() instanceof Route.Forward forward) {
            Cors cors = forward.cors();
            if (cors == null) {
                return false;
            }
            context.cors(cors);
        }
        context.answer(Response.noContent(), Handler.PREFLIGHT);
        return true;
    }

    private boolean isTooFrequent() {
        Peer peer = settings.rate().isOff() ? null : stream.peer();
        if (peer == null) {
            return false;
        }
        ClientAddress client = settings.proxies().client(peer.address(), headers::getAll);
        long nowMillis = TimeUnit.NANOSECONDS.toMillis(context.listenerLoop().now());
        long waitMillis = settings.rate().tryAcquire(client.key(), nowMillis);
        if (waitMillis == 0) {
            return false;
        }
        context.listenerLoop().cells().add(Counter.RATE_LIMIT_HITS, 1);
        if (routing() instanceof Route.Forward forward) {
            takePolicy(forward);
        }
        int seconds = Math.max(1, Math.toIntExact(Math.ceilDiv(waitMillis - 1, 1000L)));
        Response answer =
                settings.shedding().softens(head)
                        ? settings.shedding().softly(seconds)
                        : StageReplies.tooFrequent(client, seconds);
        context.refuse(answer, RequestRefusal.RATE);
        return true;
    }

    private boolean isRouted() {
        route();
        return true;
    }

    /// Goes on behind admission, with settings that came while the request was waiting for it.
    private void routeAdmitted() {
        admitted = true;
        route();
    }

    private Route routing() {
        String host = headers.get(HttpHeaderNames.HOST);
        return settings.router().route(routed, host, target, headers);
    }

    private void route() {
        switch (routing()) {
            case Route.Subscribe subscribe -> subscribe(subscribe);
            case Route.Publish publish -> publish(publish);
            case Route.Forward forward -> forward(forward);
            case Route.Fixed fixed -> reply(fixed.reply());
            case Route.Check check -> check(check.probe());
            case Route.Operate operate -> operate(operate.command());
            case Route.WrongMethod wrong ->
                    context.refuse(
                            StageReplies.wrongMethod(method, wrong.allow()), RequestRefusal.METHOD);
            case Route.Invalid invalid ->
                    context.refuse(
                            Response.of(Refusal.badRequest(invalid.reason())),
                            RequestRefusal.INVALID);
            case Route.Unknown _ ->
                    context.refuse(StageReplies.notFound(target.sent()), RequestRefusal.NOT_FOUND);
        }
    }

    private void subscribe(Route.Subscribe route) {
        if (!EventStreamType.isAccepted(headers.getAll(HttpHeaderNames.ACCEPT))) {
            context.refuse(StageReplies.notAcceptable(), RequestRefusal.NOT_ACCEPTABLE);
            return;
        }
        if (method.equals("HEAD")) {
            context.subscribeHead();
            return;
        }
        String header = headers.get("Last-Event-ID");
        String lastEventId = header == null ? route.lastEventId() : utf8(header);
        WatchedTopics watched = services.hub().watchedTopics();
        SubscribeExchange exchange = new SubscribeExchange(context, watched, route, lastEventId);
        admit(Handler.SUBSCRIBE, exchange::begin);
    }

    private void publish(Route.Publish route) {
        PublishPolicy publishPolicy = settings.publishPolicy();
        if (!publishPolicy.isEnabled()) {
            context.refuse(StageReplies.publishingOff(), RequestRefusal.FORBIDDEN);
            return;
        }
        if (!publishPolicy.permits(headers.get(HttpHeaderNames.AUTHORIZATION))) {
            context.refuse(StageReplies.tokenNeeded(), RequestRefusal.UNAUTHORIZED);
            return;
        }
        if (isForeignPage()) {
            return;
        }
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        boolean upload = EventStreamType.is(type);
        if (!upload && stream.contentLength() > publishPolicy.maxBodyBytes()) {
            context.refuse(PublishExchange.tooLong(publishPolicy), RequestRefusal.BODY);
            return;
        }
        admit(
                Handler.PUBLISH,
                () ->
                        begin(
                                upload
                                        ? new UploadExchange(context, route.topic())
                                        : new PublishExchange(
                                                context, route, stream.contentLength())));
    }

    /// Runs the work when there is a permit for it: now, later, or never. The operators' listener
    /// asks nobody.
    private void admit(Handler handler, Runnable work) {
        context.by(handler);
        if (admitted || context.isAdmin()) {
            work.run();
            return;
        }
        Permit permit = services.admission().tryEnter(cells());
        if (permit != null) {
            run(permit, work);
            return;
        }
        WaitingExchange waiting =
                new WaitingExchange(context, late -> runLate(late, work), this::refuseBusy);
        switch (services.admission().ask(cells(), waiting)) {
            case Permit late -> run(late, work);
            case Verdict.Shed _ -> refuseBusy();
            case Waiter waiter -> {
                context.begin(waiting, handler);
                waiting.begin(waiter);
            }
        }
    }

    private void run(Permit permit, Runnable work) {
        context.hold(permit);
        work.run();
    }

    /// A reload while the request was waiting holds for it, too: what it was routed to may be gone.
    private void runLate(Permit permit, Runnable work) {
        context.hold(permit);
        if (context.renewSettings()) {
            new RequestStages(services, context).routeAdmitted();
        } else {
            work.run();
        }
    }

    private void refuseBusy() {
        OverloadReplies shedding = settings.shedding();
        Response answer =
                shedding.softens(head)
                        ? shedding.softly(OverloadReplies.BUSY_SECONDS)
                        : OverloadReplies.BUSY;
        context.refuse(answer, RequestRefusal.ADMISSION);
    }

    private Cells cells() {
        return context.listenerLoop().cells();
    }

    private void begin(Exchange exchange) {
        context.begin(exchange, Handler.PUBLISH);
        stream.invite();
    }

    private void takePolicy(Route.Forward route) {
        Cors cors = route.cors();
        if (cors != null) {
            context.cors(cors);
        }
    }

    private void forward(Route.Forward route) {
        takePolicy(route);
        if (Hops.areOver(method, headers)) {
            context.answer(StageReplies.lastHop(method), Handler.PROXY);
            return;
        }
        if (stream.contentLength() > route.maxBodyBytes()) {
            context.refuse(ForwardReplies.tooLong(route.maxBodyBytes()), RequestRefusal.BODY);
            return;
        }
        admit(Handler.PROXY, () -> ForwardStage.begin(services.backends(), context, route));
    }

    private void reply(ReplyConfig reply) {
        Response answer = Response.of(reply.status(), reply.contentType(), reply.body());
        if (reply.location().isPresent()) {
            answer = answer.with(HttpHeaderNames.LOCATION, reply.location().get());
        }
        for (Map.Entry<String, String> field : reply.headers().entrySet()) {
            answer = answer.with(field.getKey(), field.getValue());
        }
        context.answer(answer, Handler.REPLY);
    }

    private void operate(Route.Command command) {
        if (isForeignPage()) {
            return;
        }
        context.begin(
                new OperateExchange(
                        context,
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

    /// Refuses what a web page of another origin makes a browser send to the operators' listener.
    private boolean isForeignPage() {
        String origin = headers.get(HttpHeaderNames.ORIGIN);
        if (!context.isAdmin()
                || origin == null
                || settings.hosts().own(origin, stream.scheme(), askedHost())) {
            return false;
        }
        context.refuse(StageReplies.foreignPage(origin), RequestRefusal.FORBIDDEN);
        return true;
    }

    private @Nullable String askedHost() {
        return OwnHosts.asked(head.uri(), headers.get(HttpHeaderNames.HOST));
    }
}
