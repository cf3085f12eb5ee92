package io.spillgate.listener;

import io.spillgate.http.RequestRefusal;
import io.spillgate.http.Response;
import io.spillgate.log.Publication;
import io.spillgate.metrics.Json;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;

/// What a publisher is answered.
final class PublishAnswers {
    private PublishAnswers() {}

    /// The answer for one event.
    static Response accepted(Publication.Accepted accepted) {
        if (accepted.fresh()) {
            return accepted(accepted.id(), 1);
        }
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("id", accepted.id());
        body.put("published", 0);
        body.put("duplicate", true);
        return json(body);
    }

    /// The answer for a stream of events.
    ///
    /// @param id the last event's id; null when there was none
    /// @param published how many events are in the log now
    static Response accepted(@Nullable String id, long published) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("id", id);
        body.put("published", published);
        return json(body);
    }

    private static Response json(Map<String, @Nullable Object> body) {
        return Response.of(200, Response.JSON, Json.write(body) + "\n");
    }

    /// The end of a stream of events that can't go on.
    ///
    /// @param published how many events are in the log now
    static Response stopped(int status, String error, long published) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("error", error);
        body.put("published", published);
        Response answer = Response.of(status, Response.JSON, Json.write(body) + "\n");
        return status == 503 ? answer.retryAfter(1) : answer;
    }

    static Response refused(Publication publication, PublishPolicy publishPolicy) {
        return Response.text(
                        503, Publication.whyNot(publication, publishPolicy.blockNanos()) + "\n")
                .retryAfter(1);
    }

    static RequestRefusal reason(Publication publication) {
        return switch (publication) {
            case Publication.Unconfirmed _ -> RequestRefusal.UNCONFIRMED;
            case Publication.Busy busy when busy.shortage() == Publication.Shortage.QUEUE ->
                    RequestRefusal.BLOCKED;
            default -> RequestRefusal.HUB_FULL;
        };
    }
}
