package io.spillgate.routing;

import io.spillgate.config.ReplyConfig;
import io.spillgate.config.RouteConfig;
import io.spillgate.limits.Cors;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// What answers a request.
public sealed interface Route {
    /// An event stream.
    ///
    /// @param topics at least one, each once
    /// @param lastEventId from the query; a header goes before it; null when absent
    /// @param namesTopic whether each event says its topic
    record Subscribe(List<String> topics, @Nullable String lastEventId, boolean namesTopic)
            implements Route {}

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
    /// @param rule what the configuration says of it
    /// @param cors whose fields the answer gets; null when the backend decides
    record Forward(String to, String target, RouteConfig rule, @Nullable Cors cors)
            implements Route {
        /// The longest body of the request, in bytes.
        public long maxBodyBytes() {
            return rule.maxBodySize().bytes();
        }
    }

    /// Something for operators.
    ///
    /// @param command what
    record Operate(Command command) implements Route {}

    /// Health checks.
    ///
    /// @param probe what is asked
    record Check(Probe probe) implements Route {}

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

    /// What a health check asks.
    enum Probe {
        /// Whether the process answers.
        ALIVE,
        /// Whether the gateway wants traffic.
        READY
    }

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
