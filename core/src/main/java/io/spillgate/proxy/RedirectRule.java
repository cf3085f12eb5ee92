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
/// @param backend what the backend takes for its own host; without a port it is any
/// @param scheme by which the client asked
/// @param host that the client asked for
/// @param prefix that was taken off the path; may be empty
record RedirectRule(HostPort backend, String scheme, @Nullable String host, String prefix) {
    private static final List<AsciiString> FIELDS =
            List.of(HttpHeaderNames.LOCATION, HttpHeaderNames.CONTENT_LOCATION);
    private static final Pattern ABSOLUTE =
            Pattern.compile("(?:(?<scheme>(?i:https?)):)?//(?<host>[^/?#]+)(?<rest>.*)");

    static RedirectRule of(Forwarding what, String backendHost) {
        String path = what.rule().path();
        return new RedirectRule(
                place(backendHost),
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
                || !isBackend(place(absolute.group("host")), absolute.group("scheme"))) {
            return place;
        }
        String rest = absolute.group("rest");
        return scheme + "://" + host + prefix + (rest.startsWith("/") ? rest : "/" + rest);
    }

    private boolean isBackend(HostPort named, @Nullable String by) {
        int usual = "https".equalsIgnoreCase(by) ? 443 : 80;
        int port = named.port() == HostPort.NONE ? usual : named.port();
        return named.host().equals(backend.host())
                && (backend.port() == HostPort.NONE || backend.port() == port);
    }

    private static HostPort place(String authority) {
        HostPort place = HostPort.parseAuthority(authority);
        int port = place == null ? HostPort.NONE : place.port();
        return new HostPort(HostPort.comparableHost(authority), port);
    }
}
