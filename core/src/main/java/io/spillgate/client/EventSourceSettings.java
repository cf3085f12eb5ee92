package io.spillgate.client;

import io.netty.handler.codec.http.HttpHeaders;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Executor;

/// What an [EventSourceBuilder] has put together.
///
/// @param url of the stream
/// @param destination whose pool is used; null = the one of the URL's host
/// @param headers sent with each request
/// @param lastEventId to begin after; empty = none
/// @param resumeParameter of the query, for ids that a header cannot carry; null = none
/// @param firstRetry the wait before the first retry
/// @param longestRetry up to where the wait doubles
/// @param retriesErrors whether 429 and 5xx are interruptions
/// @param readTimeout longest silence of a stream
/// @param maxEventBytes the most data of one event
/// @param executor of the listener; null = the loop
record EventSourceSettings(
        URI url,
        @Nullable String destination,
        HttpHeaders headers,
        String lastEventId,
        @Nullable String resumeParameter,
        Duration firstRetry,
        Duration longestRetry,
        boolean retriesErrors,
        Duration readTimeout,
        int maxEventBytes,
        @Nullable Executor executor) {}
