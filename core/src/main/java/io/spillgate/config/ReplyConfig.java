package io.spillgate.config;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// A fixed reply of a route.
///
/// @param status 200 to 599
/// @param contentType value of Content-Type
/// @param body the text, sent as UTF-8
/// @param location where the client is sent, with a status of 301, 302, 303, 307 or 308; or where
///   what was made is, with 201
/// @param headers more fields, by name
public record ReplyConfig(
        int status,
        String contentType,
        String body,
        Optional<String> location,
        Map<String, String> headers) {
    /// What holds for every key that is not set.
    public static final ReplyConfig DEFAULT = new ReplyConfig(200, "text/plain; charset=utf-8", "");

    private static final Pattern FRAMING =
            Pattern.compile(
                    "(?i)content-(length|type)|transfer-encoding|connection|keep-alive|proxy-connection|te"
                        + "|trailer|upgrade|date|location|access-control-.*");
    private static final Set<Integer> LOCATED = Set.of(201, 301, 302, 303, 307, 308);

    /// Without a location and further headers.
    public ReplyConfig(int status, String contentType, String body) {
        this(status, contentType, body, Optional.empty(), Map.of());
    }

    public ReplyConfig {
        Require.between("status", status, 200, 599);
        Require.fieldValue("contentType", contentType);
        if (location.isPresent() && !LOCATED.contains(status)) {
            throw new InvalidValue(
                    "location", "is for the statuses " + LOCATED.stream().sorted().toList());
        }
        if (!body.isEmpty() && (status == 204 || status == 304)) {
            throw new InvalidValue("body", "is not empty, but an answer " + status + " has none");
        }
        location.ifPresent(to -> Require.fieldValue("location", to));
        headers = Map.copyOf(headers);
        for (Map.Entry<String, String> field : headers.entrySet()) {
            String name = field.getKey();
            if (!name.matches(Require.TOKEN) || FRAMING.matcher(name).matches()) {
                throw new InvalidValue(
                        "headers",
                        "has \""
                                + name
                                + "\", must be the name of a field that the gateway does not"
                                + " write");
            }
            Require.fieldValue("headers", field.getValue());
        }
    }

    /// Whether it sends a client elsewhere with the method that it has (RFC 9110 section 15.4).
    public boolean keepsMethod() {
        return status == 307 || status == 308;
    }
}
