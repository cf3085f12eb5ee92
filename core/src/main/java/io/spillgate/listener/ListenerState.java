package io.spillgate.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.spillgate.http.Response;
import io.spillgate.http.ServerStream;
import io.spillgate.http.http1.Lingering;
import io.spillgate.limits.ConnectionLimit;
import io.spillgate.limits.InputMemory;
import io.spillgate.sse.EventStreamType;

import org.jspecify.annotations.Nullable;

/// What all connections of a listener share: its policy, its settings, its bounds. Thread safe.
final class ListenerState {
    /// From the guide to SSE connection pools.
    private static final int RETRY_SECONDS = 10;

    /// Connections above the cap with which a handshake is made at once, to tell them so.
    private static final int MOST_SECURED_AWAY = 64;

    private static final String FULL_EVENT = "data: {\"error\":\"server_at_capacity\"}\n\n";

    private final ListenerPolicy policy;
    private final ConnectionLimit connections;
    private final Lingering lingering;
    private final Lingering turnedAway;
    private final InputMemory input;
    private final ChannelFutureListener release;
    private final ConnectionLimit securedAway = new ConnectionLimit(MOST_SECURED_AWAY);
    private volatile Settings settings;
    private volatile int securePort;
    private volatile long lastAcceptedNanos;
    private volatile boolean hasAccepted;

    /// @param lingering refused connections that are read before they are closed
    /// @param turnedAway the same above the cap of connections
    ListenerState(
            ListenerPolicy policy,
            ConnectionLimit connections,
            Lingering lingering,
            Lingering turnedAway,
            InputMemory input,
            Settings settings) {
        this.policy = policy;
        this.connections = connections;
        this.lingering = lingering;
        this.turnedAway = turnedAway;
        this.input = input;
        this.settings = settings;
        release = _ -> connections.release();
    }

    ListenerPolicy policy() {
        return policy;
    }

    /// What holds for the next request.
    Settings settings() {
        return settings;
    }

    /// Other settings hold from now on.
    void settings(Settings changed) {
        settings = changed;
    }

    /// The port of the entrance with TLS; 0 when there is none.
    int securePort() {
        return securePort;
    }

    /// The entrance with TLS is open.
    void securePort(int port) {
        securePort = port;
    }

    /// What unfinished requests hold.
    InputMemory input() {
        return input;
    }

    /// Refused connections that are read and discarded before they are closed.
    Lingering lingering() {
        return lingering;
    }

    /// Connections above the cap, which are told so; they take descriptors of their own.
    Lingering turnedAway() {
        return turnedAway;
    }

    /// Whether a connection came at this time of the loops' clock, or later.
    boolean hasAcceptedSince(long nanos) {
        return hasAccepted && lastAcceptedNanos - nanos >= 0;
    }

    /// Takes a place below the cap for a connection until it is closed; false when all are taken.
    boolean hold(Channel channel, long nowNanos) {
        lastAcceptedNanos = nowNanos;
        hasAccepted = true;
        boolean held = connections.tryAcquire();
        if (held) {
            channel.closeFuture().addListener(release);
        }
        return held;
    }

    /// Takes a place for a connection above the cap until it is closed; false when all are taken. A
    /// handshake costs more than an answer, so there are fewer of these.
    boolean turnAway(Channel channel, boolean secured) {
        if (secured && !securedAway.tryAcquire()) {
            return false;
        }
        if (secured) {
            channel.closeFuture().addListener(_ -> securedAway.release());
        }
        return turnedAway.enter(channel);
    }

    /// What a connection above the cap is told.
    ///
    /// @param stream its request; null when nothing was read of it
    Response atCapacity(@Nullable ServerStream stream) {
        OverloadReplies shedding = settings.shedding();
        HttpRequest head = stream != null && stream.hasHead() ? stream.head() : null;
        if (head != null && shedding.softens(head)) {
            return shedding.softly(RETRY_SECONDS);
        }
        boolean asEvent =
                head != null
                        && EventStreamType.isNamed(head.headers().getAll(HttpHeaderNames.ACCEPT));
        Response response =
                asEvent
                        ? Response.of(503, Response.EVENT_STREAM, FULL_EVENT)
                        : Response.text(
                                503,
                                "All "
                                        + connections.limit()
                                        + " connections are taken (http.max_connections)\n");
        return response.retryAfter(RETRY_SECONDS);
    }
}
