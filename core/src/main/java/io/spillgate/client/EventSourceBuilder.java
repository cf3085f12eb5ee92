package io.spillgate.client;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.config.Durations;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Executor;

/// Builds and opens an [EventSource]. Not thread safe.
public final class EventSourceBuilder {
    private final URI url;
    private final HttpHeaders headers = new DefaultHttpHeaders();
    private @Nullable String destination;
    private String lastEventId = "";
    private @Nullable String resumeParameter;
    private Duration firstRetry = Duration.ofSeconds(3);
    private Duration longestRetry = Duration.ofSeconds(30);
    private boolean retriesErrors = true;
    private Duration readTimeout = Durations.INFINITE;
    private int maxEventBytes = 16 << 20;
    private @Nullable Executor executor;

    EventSourceBuilder(URI url) {
        this.url = url;
    }

    /// Uses the pool of a named destination instead of the one of the URL's host.
    public EventSourceBuilder destination(String name) {
        destination = name;
        return this;
    }

    /// Sends a header with each request; `Accept`, `Cache-Control` and `Last-Event-ID` are the
    /// source's own.
    ///
    /// @throws IllegalArgumentException when the name or the value cannot stand in a request
    public EventSourceBuilder header(String name, String value) {
        headers.add(name, value);
        return this;
    }

    /// Begins after this event.
    public EventSourceBuilder lastEventId(String id) {
        lastEventId = id;
        return this;
    }

    /// Sends ids that are more than visible ASCII in this parameter of the query. Without it they
    /// go into Last-Event-ID as UTF-8, and those with control characters are not sent.
    public EventSourceBuilder resumeParameter(String name) {
        resumeParameter = name;
        return this;
    }

    /// The waits between two tries.
    ///
    /// @param first until the server asks for another one by `retry:`; 3 s when it is not set; less
    ///   than 0.1 s is not waited
    /// @param longest up to where it doubles with every try that failed; 30 s when it is not set
    public EventSourceBuilder retry(Duration first, Duration longest) {
        firstRetry = first;
        longestRetry = longest;
        return this;
    }

    /// Ends at an answer 429 or 5xx too, as browsers do. Else it is tried again, not before
    /// Retry-After.
    public EventSourceBuilder endsOnErrors() {
        retriesErrors = false;
        return this;
    }

    /// Gives up a stream of which no byte came for this long, and connects again; so a server that
    /// went away without a word is noticed. More than the server's keepalive interval. Not set, it
    /// waits for ever.
    public EventSourceBuilder readTimeout(Duration longest) {
        readTimeout = longest;
        return this;
    }

    /// The most data that one event may have, in bytes; 16 MiB when it is not set. A longer one
    /// ends the source, because it would come again.
    public EventSourceBuilder maxEventBytes(int bytes) {
        maxEventBytes = bytes;
        return this;
    }

    /// Where the listener is called. Not set, it is a loop of the client, and the listener must not
    /// block. Any executor will do; calls never overlap.
    public EventSourceBuilder on(Executor listenersExecutor) {
        executor = listenersExecutor;
        return this;
    }

    /// Connects.
    ///
    /// @throws IllegalArgumentException when the URL is not `http` or `https` with a host
    public EventSource open(HttpClient http, EventSourceListener listener) {
        EventSourceSettings settings =
                new EventSourceSettings(
                        URI.create(url.toASCIIString()),
                        destination,
                        Request.copy(headers),
                        lastEventId,
                        resumeParameter,
                        firstRetry,
                        longestRetry,
                        retriesErrors,
                        readTimeout,
                        maxEventBytes,
                        executor);
        EventSource source = new EventSource(http, settings, listener);
        source.start();
        return source;
    }
}
