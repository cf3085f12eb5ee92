package io.spillgate.client;

import io.netty.handler.codec.http.HttpHeaders;

import java.time.Duration;

/// Who reads an event source. One call at a time, in the order of the stream, on the executor of
/// the source, and nothing after [#ended].
///
/// ```
///   (opened (event+ flush)* interrupted | interrupted)* [opened (event+ flush)*] ended
/// ```
@FunctionalInterface
public interface EventSourceListener {
    /// An event came. As long as this runs nothing else is told; what comes meanwhile waits, at
    /// first here, then in the connection, then at the server.
    void event(ServerSentEvent event);

    /// All events that came together have been told: time to write out what was gathered.
    default void flush() {}

    /// A stream begins, the first one or another one.
    default void opened(HttpHeaders headers) {}

    /// The stream ended or did not come about, and there will be another try.
    ///
    /// @param reason one sentence; what the server said in it may hold any characters
    /// @param wait until the next try
    default void interrupted(String reason, Duration wait) {}

    /// There will be no other try.
    default void ended(EventSourceEnd end) {}
}
