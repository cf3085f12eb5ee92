package io.spillgate.routing;

import io.spillgate.config.HubConfig;
import io.spillgate.config.TopicName;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The paths of the hub: `{hub.path}/{topic}` and `{hub.path}?topic=a&topic=b`.
final class HubPaths {
    private static final String TOPIC_FIELD = "topic";
    private static final String ALLOW = "GET, HEAD, POST";

    /// The header's name as programs write it where they can set no header; polyfills of
    /// EventSource among them.
    private static final String[] LAST_EVENT_ID = {
        "last_event_id", "lastEventId", "lastEventID", "Last-Event-ID"
    };

    private final String path;
    private final String below;

    HubPaths(HubConfig hub) {
        path = hub.path();
        below = path + "/";
    }

    /// The route of a request to the hub; null when the path is not one of its.
    @Nullable Route route(String method, RequestTarget target) {
        boolean named = target.path().startsWith(below);
        if (!named && !target.path().equals(path)) {
            return null;
        }
        return switch (method) {
            case "GET", "HEAD" ->
                    named
                            ? subscribe(target, java.util.Collections.singletonList(topic(target)))
                            : subscribeByQuery(target);
            case "POST" ->
                    named ? publish(target) : new Route.Invalid("Publish to " + below + "{topic}");
            default -> new Route.WrongMethod(ALLOW);
        };
    }

    /// A stream of given topics, from a route of the configuration or from the hub's own path.
    static Route subscribe(RequestTarget target, List<@Nullable String> topics) {
        Set<String> distinct = new LinkedHashSet<>();
        for (String topic : topics) {
            if (topic == null) {
                return new Route.Invalid("The topic is not percent-encoded UTF-8");
            }
            String fault = TopicName.fault(topic);
            if (fault != null) {
                return new Route.Invalid(fault);
            }
            distinct.add(topic);
        }
        List<String> lastEventId = target.all(LAST_EVENT_ID);
        if (lastEventId == null) {
            return new Route.Invalid("The last event id is not percent-encoded UTF-8");
        }
        List<String> fields = target.all("fields");
        if (fields == null || !Set.of(TOPIC_FIELD).containsAll(fields)) {
            return new Route.Invalid("fields can only be " + TOPIC_FIELD);
        }
        return new Route.Subscribe(
                List.copyOf(distinct), first(lastEventId), fields.contains(TOPIC_FIELD));
    }

    private Route subscribeByQuery(RequestTarget target) {
        List<String> topics = target.all("topic");
        if (topics == null) {
            return new Route.Invalid("A topic is not percent-encoded UTF-8");
        }
        if (topics.isEmpty() || topics.size() > TopicName.MOST_IN_A_STREAM) {
            return new Route.Invalid(
                    topics.size()
                            + " topics, must be 1 to "
                            + TopicName.MOST_IN_A_STREAM
                            + ": "
                            + below
                            + "{topic} or "
                            + path
                            + "?topic=a&topic=b");
        }
        return subscribe(target, List.copyOf(topics));
    }

    private Route publish(RequestTarget target) {
        String topic = topic(target);
        if (topic == null) {
            return new Route.Invalid("The topic is not percent-encoded UTF-8");
        }
        String fault = TopicName.fault(topic);
        if (fault != null) {
            return new Route.Invalid(fault);
        }
        List<String> type = target.all("event");
        List<String> id = target.all("id");
        List<String> retry = target.all("retry");
        if (type == null || id == null || retry == null) {
            return new Route.Invalid("A parameter is not percent-encoded UTF-8");
        }
        return new Route.Publish(topic, first(type), first(id), first(retry));
    }

    private @Nullable String topic(RequestTarget target) {
        return RequestTarget.decode(target.path().substring(below.length()));
    }

    private static @Nullable String first(List<String> values) {
        return values.isEmpty() ? null : values.getFirst();
    }
}
