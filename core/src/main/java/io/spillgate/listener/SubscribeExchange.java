package io.spillgate.listener;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.broker.Broker;
import io.spillgate.http.Exchange;
import io.spillgate.http.RequestRefusal;
import io.spillgate.hub.WatchedTopics;
import io.spillgate.log.ResumePoint;
import io.spillgate.metrics.Handler;
import io.spillgate.net.Loops;
import io.spillgate.routing.Route;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// A subscribe: finds where the stream begins, at once or when the broker knows, and opens it.
final class SubscribeExchange implements Exchange {
    private final RequestContext context;
    private final Broker broker;
    private final WatchedTopics watched;
    private final List<String> topics;
    private final boolean namesTopic;
    private final @Nullable String lastEventId;
    private long begunNanos;
    private boolean waiting;

    /// @param watched counts the topics of all subscribers
    /// @param lastEventId what the client got last; null or empty when it is new
    SubscribeExchange(
            RequestContext context,
            WatchedTopics watched,
            Route.Subscribe route,
            @Nullable String lastEventId) {
        this.context = context;
        broker = context.broker();
        this.watched = watched;
        topics = route.topics();
        namesTopic = route.namesTopic();
        this.lastEventId = lastEventId;
    }

    /// Opens the stream, or waits until it can be.
    void begin() {
        if (!tryOpen()) {
            waiting = true;
            begunNanos = context.listenerLoop().now();
            context.begin(this, Handler.SUBSCRIBE);
        }
    }

    @Override
    public void content(ByteBuf piece) {
        // The body of a GET means nothing.
    }

    @Override
    public void end(HttpHeaders trailers) {
        // Nor does its end.
    }

    @Override
    public void abandon() {
        waiting = false;
    }

    /// A client that left is only noticed by itself while its socket is read.
    @Override
    public void visit(long nowNanos) {
        if (context.stream().hasPeerLeft()) {
            context.stream().drop();
        } else if (nowNanos - begunNanos >= context.publishPolicy().blockNanos()) {
            waiting = false;
            context.refuse(StageReplies.notLocated(), RequestRefusal.BLOCKED);
        }
    }

    /// Whether the request is answered: the stream is open, or refused.
    private boolean tryOpen() {
        if (!watched.tryAdd(topics.size())) {
            context.refuse(StageReplies.hubFull(watched.limit()), RequestRefusal.HUB_FULL);
            return true;
        }
        ResumePoint point =
                broker.join(
                        context.listenerLoop().shard().reader(), topics, lastEventId, this::ready);
        if (point == null) {
            watched.remove(topics.size());
            return false;
        }
        context.handOver(() -> context.subscribe(topics, namesTopic, point));
        return true;
    }

    /// Any thread.
    private void ready() {
        Loops.execute(context.stream().loop(), () -> context.stream().guard(this::tryAgain));
    }

    private void tryAgain() {
        if (waiting && tryOpen()) {
            waiting = false;
        }
    }
}
