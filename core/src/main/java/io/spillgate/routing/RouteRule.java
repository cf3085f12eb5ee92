package io.spillgate.routing;

import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.config.Glob;
import io.spillgate.config.HostPort;
import io.spillgate.config.HttpConfig;
import io.spillgate.config.ReplyConfig;
import io.spillgate.config.RouteConfig;
import io.spillgate.limits.Cors;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/// One `[[routes]]` entry. Immutable.
final class RouteRule {
    /// The target of a request about the server as a whole (RFC 9112 section 3.2.4); a backend gets
    /// it where it would get `/`.
    private static final String WHOLE_SERVER = "*";

    private final RouteConfig config;
    private final String path;
    private final boolean prefix;
    private final @Nullable String host;
    private final Map<String, Glob> fields;
    private final @Nullable Cors cors;

    RouteRule(RouteConfig config, HttpConfig http) {
        this.config = config;
        prefix = config.path().endsWith("*");
        String written =
                prefix ? config.path().substring(0, config.path().length() - 1) : config.path();
        path = Objects.requireNonNullElse(NormalPath.of(written), written);
        host = config.host().map(HostPort::comparableHost).orElse(null);
        fields = patterns(config.header());
        cors = config.cors().map(own -> Cors.of(own, http.cors())).orElse(null);
    }

    /// Whether a request is this rule's, but for its method.
    ///
    /// @param asked the value of Host, null when absent
    boolean matches(@Nullable String asked, String askedPath, HttpHeaders headers) {
        String actual =
                askedPath.equals(WHOLE_SERVER) && config.proxy().isPresent() ? "/" : askedPath;
        return hasPath(actual)
                && (host == null
                        || (asked != null && isOfHost(host, HostPort.comparableHost(asked))))
                && hasFields(headers);
    }

    /// Whether the rule is about this path, for some requests at least.
    boolean hasPath(String asked) {
        return prefix ? asked.startsWith(path) : asked.equals(path);
    }

    /// Whether the rule is about this method; without a list it is about all.
    boolean takes(String method) {
        return config.method().isEmpty() || config.method().contains(method);
    }

    /// The methods that it is about.
    List<String> methods() {
        return config.method();
    }

    Route route(String method, RequestTarget target) {
        if (config.proxy().isPresent()) {
            return new Route.Forward(
                    config.proxy().get(), target.withPath(forwarded(target)), config, cors);
        }
        ReplyConfig reply = config.reply().orElse(null);
        boolean every = reply != null && (reply.keepsMethod() || !config.method().isEmpty());
        if (!every && !method.equals("GET") && !method.equals("HEAD")) {
            return new Route.WrongMethod("GET, HEAD");
        }
        if (reply != null) {
            return new Route.Fixed(reply);
        }
        String topic = config.stream().orElseThrow();
        String rest = RequestTarget.decode(target.path().substring(path.length()));
        String filled = rest == null ? null : topic.replace("*", rest);
        return HubPaths.subscribe(target, Collections.singletonList(filled));
    }

    /// What came, unless a part of it is taken off.
    private String forwarded(RequestTarget target) {
        if (!config.stripPrefix() || target.path().equals(WHOLE_SERVER)) {
            return target.sent();
        }
        boolean literal = target.sent().startsWith(path) && !hasDotSegments(target.sent());
        String rest = (literal ? target.sent() : target.path()).substring(path.length());
        return rest.startsWith("/") ? rest : "/" + rest;
    }

    /// Perhaps: then the prefix is not what it seems.
    private static boolean hasDotSegments(String sent) {
        return sent.contains("/.") || sent.toLowerCase(Locale.ROOT).contains("%2e");
    }

    private boolean hasFields(HttpHeaders headers) {
        if (fields.isEmpty()) {
            return true;
        }
        for (Map.Entry<String, Glob> field : fields.entrySet()) {
            if (headers.getAll(field.getKey()).stream()
                    .map(value -> value.toLowerCase(Locale.ROOT))
                    .noneMatch(field.getValue()::matches)) {
                return false;
            }
        }
        return true;
    }

    private static Map<String, Glob> patterns(Map<String, String> fields) {
        return fields.entrySet().stream()
                .collect(
                        Collectors.toUnmodifiableMap(
                                Map.Entry::getKey,
                                field -> new Glob(field.getValue().toLowerCase(Locale.ROOT))));
    }

    private static boolean isOfHost(String pattern, String name) {
        return pattern.startsWith("*.")
                ? name.endsWith(pattern.substring(1)) || name.equals(pattern.substring(2))
                : name.equals(pattern);
    }
}
