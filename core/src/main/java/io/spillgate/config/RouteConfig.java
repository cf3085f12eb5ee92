package io.spillgate.config;

import java.util.Optional;

/// `[[routes]]`: one path and what answers it; the first match wins.
///
/// @param path an exact path, or a prefix followed by `*`
/// @param host an exact host, or `*.example.com` for a domain and all below it; absent = any
/// @param stream subscribes to this topic; a `*` in it becomes what the path's `*` matched
/// @param reply answers with fixed bytes
public record RouteConfig(
        String path, Optional<String> host, Optional<String> stream, Optional<ReplyConfig> reply) {

    public RouteConfig {
        int star = path.indexOf('*');
        if (!path.startsWith("/") || (star >= 0 && star != path.length() - 1)) {
            throw new InvalidValue(
                    "path",
                    "is \"" + path + "\", must begin with / and may end with *, as in /api/*");
        }
        if (stream.isPresent() == reply.isPresent()) {
            throw new InvalidValue(
                    "has "
                            + (stream.isPresent() ? "both" : "neither of")
                            + " stream and reply, must have exactly one");
        }
        if (stream.isPresent() && stream.get().contains("*") && star < 0) {
            throw new InvalidValue(
                    "stream", "has *, but path \"" + path + "\" has none to take its value from");
        }
    }
}
