package io.spillgate.listener;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.ReadOnlyHttpHeaders;
import io.spillgate.admission.Permit;
import io.spillgate.broker.Broker;
import io.spillgate.http.EventStreamPlace;
import io.spillgate.http.Exchange;
import io.spillgate.http.Refusal;
import io.spillgate.http.RequestRefusal;
import io.spillgate.http.Response;
import io.spillgate.http.ServerStream;
import io.spillgate.http.StreamHandler;
import io.spillgate.hub.SseWire;
import io.spillgate.hub.StreamAccount;
import io.spillgate.limits.Cors;
import io.spillgate.log.Publication;
import io.spillgate.log.ResumePoint;
import io.spillgate.metrics.Counter;
import io.spillgate.metrics.Handler;
import io.spillgate.sse.EventStreamType;

import org.jspecify.annotations.Nullable;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// What a listener does with one request: the settings that hold for it, its permit, who takes its
/// body and answers, and how it is counted. Confined to the connection's loop.
final class RequestContext implements StreamHandler {
    /// Nobody on the way may compress or hold back an event stream: `compression` of express does
    /// without no-transform, nginx without X-Accel-Buffering; Incremental is RFC 10036.
    private static final HttpHeaders STREAM_FIELDS =
            new ReadOnlyHttpHeaders(
                    false,
                    "Content-Type",
                    Response.EVENT_STREAM,
                    "Cache-Control",
                    "no-cache, no-transform",
                    "X-Accel-Buffering",
                    "no",
                    "Incremental",
                    "?1");

    /// After these it is not certain where the next request begins.
    private static final Set<RequestRefusal> FATAL =
            EnumSet.of(
                    RequestRefusal.PARSE,
                    RequestRefusal.LIMIT,
                    RequestRefusal.TIMEOUT,
                    RequestRefusal.INPUT_MEMORY,
                    RequestRefusal.EXPECTATION);

    private final ListenerState state;
    private final ListenerLoop listenerLoop;
    private final ServerStream stream;
    private final Consumer<RequestContext> stages;
    private Settings settings;
    private Handler by = Handler.NONE;
    private @Nullable Exchange exchange;
    private @Nullable Permit permit;
    private @Nullable Cors cors;
    private int status;
    private long length = -1;
    private boolean counted;
    private boolean answered;

    /// @param stages called when the head is sound
    RequestContext(
            ListenerState state,
            ListenerLoop listenerLoop,
            ServerStream stream,
            Consumer<RequestContext> stages) {
        this.state = state;
        this.stages = stages;
        this.listenerLoop = listenerLoop;
        this.stream = stream;
        settings = state.settings();
    }

    ServerStream stream() {
        return stream;
    }

    /// Whether it came to the operators' listener.
    boolean isAdmin() {
        return state.policy() == ListenerPolicy.OPERATORS;
    }

    /// The port of the listener's entrance with TLS; 0 when it has none.
    int securePort() {
        return state.securePort();
    }

    ListenerLoop listenerLoop() {
        return listenerLoop;
    }

    Settings settings() {
        return settings;
    }

    /// Takes over the settings that hold now; false if they are the same.
    boolean renewSettings() {
        Settings now = state.settings();
        boolean changed = !settings.equals(now);
        settings = now;
        return changed;
    }

    PublishPolicy publishPolicy() {
        return settings.publishPolicy();
    }

    Broker broker() {
        return listenerLoop.broker();
    }

    void published(Publication.Accepted accepted) {
        listenerLoop.cells().add(Counter.MESSAGES_PUBLISHED, accepted.fresh() ? 1 : 0);
    }

    /// The fields of the CORS policy for the answer.
    HttpHeaders policy() {
        Cors rules = cors == null ? settings.cors() : cors;
        return by == Handler.PREFLIGHT
                ? rules.preflight(stream.origin())
                : rules.fields(stream.origin());
    }

    /// Gives the answer the CORS policy of its route.
    void cors(Cors ofRoute) {
        cors = ofRoute;
    }

    /// Who answers, for the counts.
    void by(Handler handler) {
        by = handler;
    }

    /// Holds a permit until the request is over, whichever way.
    void hold(Permit given) {
        permit = given;
    }

    /// The exchange so far makes way for what begins now.
    void handOver(Runnable begin) {
        endExchange();
        begin.run();
    }

    /// Lets an exchange take the body and answer.
    void begin(Exchange begun, Handler handler) {
        assert stream.loop().inEventLoop();
        by = handler;
        exchange = begun;
        listenerLoop.exchanges(1);
    }

    /// Answers at once.
    void answer(Response response, Handler handler) {
        by = handler;
        answer(response);
    }

    /// Answers the request.
    void answer(Response response) {
        if (stream.isOpen()) {
            length = response.body().length;
            stream.respond(response, policy(), false);
        }
    }

    /// Answers a request that is not served, and counts why. An answer that has begun is cut.
    void refuse(Response response, RequestRefusal reason) {
        if (!stream.isOpen()) {
            return;
        }
        listenerLoop.cells().add(Counter.REQUESTS_REJECTED, reason);
        if (status == 0) {
            length = response.body().length;
            stream.respond(response, policy(), FATAL.contains(reason));
        } else {
            stream.reset();
        }
    }

    /// The answer becomes an event stream.
    ///
    /// @param namesTopic whether each event says its topic
    /// @param point where it begins, found in this turn of the loop
    void subscribe(List<String> topics, boolean namesTopic, ResumePoint point) {
        by = Handler.SUBSCRIBE;
        stream.becomeEventStream(
                STREAM_FIELDS,
                policy(),
                place ->
                        listenerLoop
                                .shard()
                                .open(
                                        place,
                                        SseWire.of(place.framing(), namesTopic),
                                        topics,
                                        point,
                                        account(),
                                        begun(place)));
    }

    private StreamAccount account() {
        return settings.accessLog()
                ? new StreamLine(stream, settings.proxies(), listenerLoop::now)
                : StreamAccount.NONE;
    }

    /// What is to be done when the head of the event stream and its replay are written.
    private Runnable begun(EventStreamPlace place) {
        Permit held = permit;
        permit = null;
        return settings.shedding().begun(held, place);
    }

    /// The head that an event stream would have, without one.
    void subscribeHead() {
        by = Handler.SUBSCRIBE;
        stream.respondEventStreamHead(STREAM_FIELDS, policy());
    }

    @Override
    public void serve() {
        stages.accept(this);
    }

    @Override
    public void refuseHead(Refusal refusal) {
        listenerLoop.cells().add(Counter.REQUESTS_REJECTED, refusal.counter());
        stream.respond(Response.of(refusal), policy(), true);
    }

    @Override
    public void atCapacity() {
        listenerLoop.cells().add(Counter.CONNECTIONS_REJECTED, ConnectionRefusal.CAP);
        stream.respond(state.atCapacity(stream), policy(), true);
    }

    @Override
    public void timedOut(String keys) {
        refuse(Response.of(Refusal.requestTimeout(keys)), RequestRefusal.TIMEOUT);
    }

    @Override
    public boolean shed() {
        if (answered || status != 0) {
            listenerLoop.cells().add(Counter.REQUESTS_REJECTED, RequestRefusal.INPUT_MEMORY);
            return false;
        }
        Response memory =
                Response.text(
                        503,
                        "Unfinished requests hold all the memory that they may"
                                + " (http.input_memory)\n");
        refuse(memory.retryAfter(1), RequestRefusal.INPUT_MEMORY);
        return true;
    }

    @Override
    public void content(ByteBuf piece) {
        if (exchange != null) {
            exchange.content(piece);
        }
    }

    @Override
    public void end(HttpHeaders trailers) {
        if (!answered && exchange != null) {
            exchange.end(trailers);
        }
    }

    @Override
    public void malformedContent() {
        refuse(
                Response.of(Refusal.badRequest("The body's chunks are malformed")),
                RequestRefusal.PARSE);
    }

    @Override
    public int settle() {
        return exchange == null ? 0 : exchange.settle();
    }

    @Override
    public void writable() {
        if (exchange != null) {
            exchange.writable();
        }
    }

    @Override
    public void visit(long nowNanos) {
        if (exchange != null) {
            exchange.visit(nowNanos);
        }
    }

    @Override
    public boolean isEndless() {
        return exchange != null && exchange.isEndless();
    }

    /// An answer is counted at its end, unless that may never come; then a backend's one holds its
    /// permit no longer than its head.
    @Override
    public void begun(int code, HttpHeaders fields) {
        status = code;
        if (settings.accessLog()) {
            length = AccessLog.length(fields, length);
        }
        String type = fields.get(HttpHeaderNames.CONTENT_TYPE);
        boolean endless = code == 101 || EventStreamType.is(type);
        if (!endless) {
            return;
        }
        count();
        if (by == Handler.PROXY && !settings.shedding().countsStreams()) {
            left();
        }
    }

    @Override
    public void ending() {
        count();
    }

    @Override
    public void answered(boolean ends) {
        answered = true;
        if (ends && exchange != null) {
            exchange.abandon();
        }
        endExchange();
    }

    @Override
    public void left() {
        if (permit != null) {
            permit.release();
            permit = null;
        }
    }

    @Override
    public boolean isReleased() {
        return permit == null;
    }

    @Override
    public void gone() {
        assert stream.loop().inEventLoop();
        if (exchange != null) {
            exchange.abandon();
            endExchange();
        }
        count();
        if (!answered) {
            left();
        }
    }

    /// Counts and logs the answer that has begun, once.
    private void count() {
        if (status == 0 || counted) {
            return;
        }
        counted = true;
        long durationNanos = listenerLoop.now() - stream.startNanos();
        listenerLoop.cells().request(by, status, durationNanos);
        if (settings.accessLog()) {
            AccessLog.write(stream, settings.proxies(), by, status, length, durationNanos);
        }
    }

    private void endExchange() {
        if (exchange != null) {
            exchange = null;
            listenerLoop.exchanges(-1);
        }
    }
}
