package io.spillgate.routing;

import io.spillgate.config.ReplyConfig;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// What answers a request.
public sealed interface Route {
    /// An event stream.
    ///
    /// @param topics at least one, each once
    /// @param lastEventId from the query; a header goes before it; null when absent
    record Subscribe(List<String> topics, @Nullable String lastEventId) implements Route {}

    /// An event or a stream of events for a topic.
    ///
    /// @param topic where to publish
    /// @param type the event's type from the query, null when absent
    /// @param id the event's id from the query, null when absent
    /// @param retry the event's reconnection time from the query, not yet checked; null when absent
    record Publish(String topic, @Nullable String type, @Nullable String id, @Nullable String retry)
            implements Route {}

    /// Fixed bytes.
    ///
    /// @param reply what to send
    record Fixed(ReplyConfig reply) implements Route {}

    /// A backend.
    ///
    /// @param to as in [io.spillgate.config.RouteConfig#proxy]
    /// @param target what the backend is asked for, in origin form
    /// @param streaming whether the answer may take as long as it likes after its head
    /// @param maxBodyBytes of the request
    record Forward(String to, String target, boolean streaming, long maxBodyBytes)
            implements Route {}

    /// Something for operators.
    ///
    /// @param command what
    record Operate(Command command) implements Route {}

    /// The path is known, but not with this method.
    ///
    /// @param allow the methods that are, as in the header Allow
    record WrongMethod(String allow) implements Route {}

    /// The path is a hub's, but the request is malformed.
    ///
    /// @param reason one sentence
    record Invalid(String reason) implements Route {}

    /// Nothing is there.
    record Unknown() implements Route {}

    /// What an operator can ask for.
    enum Command {
        /// The metrics in a text format of Prometheus.
        METRICS,
        /// The most important numbers as JSON.
        STATS,
        /// Read the configuration again.
        RELOAD,
        /// Shut down gracefully.
        DRAIN
    }
}
