package io.spillgate.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `[[routes]]`: one path and what answers it; the first match wins.
///
/// @param path an exact path, or a prefix followed by `*`
/// @param host an exact host, or `*.example.com` for a domain and all below it; absent = any
/// @param method methods that it is for; empty = all
/// @param header what header fields have to be there: a name, and a value in which `*` stands for
///   any characters, in any case
/// @param stream subscribes to this topic; a `*` in it becomes what the path's `*` matched
/// @param reply answers with fixed bytes
/// @param proxy forwards to the destination of this name, or to `http(s)://host:port`
/// @param stripPrefix whether the backend gets the path without what stands before the `*`
/// @param streaming whether an answer may take as long as it likes after its head
/// @param keepalive silence of a backend's event stream after which the client gets a comment; 0 =
///   never
/// @param expect who answers a client that waits before it sends a body
/// @param upgrade protocols besides `websocket` that a request may change to
/// @param cors the gateway answers preflights for the backend; absent = the backend does
/// @param affinity by what requests are told apart that are to stay at one address of the
///   destination; absent = each goes where the least is to do
/// @param maxBodySize bytes of a forwarded request's body
public record RouteConfig(
        String path,
        Optional<String> host,
        List<String> method,
        Map<String, String> header,
        Optional<String> stream,
        Optional<ReplyConfig> reply,
        Optional<String> proxy,
        @Unset("false") boolean stripPrefix,
        @Unset("false") boolean streaming,
        @Bare(ChronoUnit.SECONDS) @Unset("0s") Duration keepalive,
        @Unset("answer") Expectation expect,
        List<String> upgrade,
        Optional<RouteCorsConfig> cors,
        Optional<AffinityConfig> affinity,
        @Unset("infinite") SizeLimit maxBodySize) {
    private static final List<String> READS = List.of("GET", "HEAD");
    private static final Duration LEAST_KEEPALIVE = Duration.ofSeconds(1);
    private static final Pattern URL = Pattern.compile("https?://(?<authority>[^/]+)/?");

    public RouteConfig {
        int star = path.indexOf('*');
        if (!path.startsWith("/") || (star >= 0 && star != path.length() - 1)) {
            throw new InvalidValue(
                    "path",
                    "is \"" + path + "\", must begin with / and may end with *, as in /api/*");
        }
        method = List.copyOf(method);
        header = Map.copyOf(header);
        for (String one : method) {
            if (!one.matches("[A-Z][A-Z0-9_-]*")) {
                throw new InvalidValue(
                        "method", "has \"" + one + "\", must be a method in upper case, as GET");
            }
        }
        if (stream.isPresent() && !READS.containsAll(method)) {
            throw new InvalidValue("method", "is " + method + ", a stream has only GET and HEAD");
        }
        int outcomes = count(stream) + count(reply) + count(proxy);
        if (outcomes != 1) {
            throw new InvalidValue(
                    "has " + outcomes + " of stream, reply and proxy, must have exactly one");
        }
        if (stream.isPresent() && stream.get().contains("*") && star < 0) {
            throw new InvalidValue(
                    "stream", "has *, but path \"" + path + "\" has none to take its value from");
        }
        if (proxy.isPresent() && proxy.get().contains("://") && !isUrl(proxy.get())) {
            throw new InvalidValue(
                    "proxy", "is no http(s)://host:port, must be that or a destination's name");
        }
        upgrade = List.copyOf(upgrade);
        upgrade.forEach(RouteConfig::checkUpgrade);
        if (!keepalive.isZero()) {
            Require.atLeast("keepalive", keepalive, LEAST_KEEPALIVE);
        }
        if (proxy.isEmpty()) {
            onlyWithProxy("keepalive", !keepalive.isZero());
            onlyWithProxy("expect", expect != Expectation.ANSWER);
            onlyWithProxy("upgrade", !upgrade.isEmpty());
        }
        if (cors.isPresent() && proxy.isEmpty()) {
            throw new InvalidValue(
                    "cors", "is for routes with proxy; all others have that of [http]");
        }
        if (affinity.isPresent() && (proxy.isEmpty() || isUrl(proxy.get()))) {
            throw new InvalidValue(
                    "affinity",
                    "is \""
                            + affinity.get()
                            + "\", must be absent unless proxy names one of [http-destinations]");
        }
        if (stripPrefix && star < 0) {
            throw new InvalidValue(
                    "stripPrefix", "is true, but path \"" + path + "\" has no * to keep");
        }
    }

    /// A route with a fixed reply.
    public static RouteConfig replying(String path, ReplyConfig reply) {
        return of(path, Optional.empty(), Optional.of(reply), Optional.empty());
    }

    /// A route to event streams.
    public static RouteConfig subscribing(String path, String topic) {
        return of(path, Optional.of(topic), Optional.empty(), Optional.empty());
    }

    /// A route to a backend.
    public static RouteConfig forwarding(String path, String target) {
        return of(path, Optional.empty(), Optional.empty(), Optional.of(target));
    }

    /// The same, for one host or pattern.
    public RouteConfig at(String onlyHost) {
        return new RouteConfig(
                path,
                Optional.of(onlyHost),
                method,
                header,
                stream,
                reply,
                proxy,
                stripPrefix,
                streaming,
                keepalive,
                expect,
                upgrade,
                cors,
                affinity,
                maxBodySize);
    }

    /// Whether a proxy target is a URL, and not a destination's name.
    public static boolean isUrl(String target) {
        Matcher url = URL.matcher(target);
        if (!url.matches()) {
            return false;
        }
        HostPort place = HostPort.parseAuthority(url.group("authority"));
        return place != null
                && (place.port() == HostPort.NONE || (place.port() >= 1 && place.port() <= 65_535));
    }

    private static RouteConfig of(
            String path,
            Optional<String> stream,
            Optional<ReplyConfig> reply,
            Optional<String> proxy) {
        return new RouteConfig(
                path,
                Optional.empty(),
                List.of(),
                Map.of(),
                stream,
                reply,
                proxy,
                false,
                false,
                Duration.ZERO,
                Expectation.ANSWER,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                SizeLimit.INFINITE);
    }

    /// HTTP/2 over an upgrade would carry requests past the routes, and nobody uses it any more
    /// (RFC 9113 section 3.1).
    private static void checkUpgrade(String protocol) {
        if (!protocol.matches(Require.TOKEN + "(/" + Require.TOKEN + ")?")) {
            throw new InvalidValue(
                    "upgrade", "has \"" + protocol + "\", must be a protocol's name, as \"tcp\"");
        }
        if (protocol.matches("(?i)h2c|HTTP(/.*)?|TLS(/.*)?")) {
            throw new InvalidValue(
                    "upgrade", "has \"" + protocol + "\", which would pass requests by the routes");
        }
    }

    private static void onlyWithProxy(String key, boolean set) {
        if (set) {
            throw new InvalidValue(key, "is for routes with proxy");
        }
    }

    private static int count(Optional<?> outcome) {
        return outcome.isPresent() ? 1 : 0;
    }

    /// Who answers a client that waits before it sends a body (RFC 9110 section 10.1.1).
    public enum Expectation {
        /// The gateway, as soon as the request has a connection.
        ANSWER,
        /// The backend: with 100, or with the answer.
        FORWARD;

        @Override
        public String toString() {
            return this == ANSWER ? "answer" : "forward";
        }
    }
}
