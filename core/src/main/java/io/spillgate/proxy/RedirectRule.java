package io.spillgate.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.spillgate.config.HostPort;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes the place that a backend names one that its client can reach: a backend that gets another
/// Host, or a shorter path, than the client sent knows no better (as `proxy_redirect` of nginx).
///
/// @param backendHost what the backend takes for its own host, as [HostPort#comparableHost]
/// @param scheme by which the client asked
/// @param host that the client asked for
/// @param prefix that was taken off the path; may be empty
record RedirectRule(String backendHost, String scheme, @Nullable String host, String prefix) {
    private static final List<AsciiString> FIELDS =
            List.of(HttpHeaderNames.LOCATION, HttpHeaderNames.CONTENT_LOCATION);
    private static final Pattern ABSOLUTE =
            Pattern.compile("(?i:https?)://(?<host>[^/?#]+)(?<rest>.*)");

    static RedirectRule of(Forwarding what, String backendHost) {
        String path = what.rule().path();
        return new RedirectRule(
                HostPort.comparableHost(backendHost),
                HeaderRules.askedScheme(what.headers(), what.from()),
                HeaderRules.askedHost(what.headers(), what.from()),
                what.rule().stripPrefix() ? path.replaceFirst("/?\\*$", "") : "");
    }

    /// Changes the fields of an answer.
    void rewrite(HttpHeaders fields) {
        for (AsciiString field : FIELDS) {
            String place = fields.get(field);
            if (place != null) {
                fields.set(field, reachable(place));
            }
        }
    }

    /// The place for the client.
    String reachable(String place) {
        if (place.startsWith("/") && !place.startsWith("//")) {
            return prefix + place;
        }
        Matcher absolute = ABSOLUTE.matcher(place);
        if (host == null
                || !absolute.matches()
                || !HostPort.comparableHost(absolute.group("host")).equals(backendHost)) {
            return place;
        }
        String rest = absolute.group("rest");
        return scheme + "://" + host + prefix + (rest.startsWith("/") ? rest : "/" + rest);
    }
}
