package io.spillgate.limits;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.config.CorsConfig;
import io.spillgate.config.RouteCorsConfig;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The CORS fields of an answer, made once and shared (Fetch standard section 3.2, RevenProx).
///
/// With `*` or one origin they are the same for everyone. With a list they depend on the request's
/// Origin, which `Vary: Origin` tells to caches. With no origins there are none. Immutable, any
/// thread; the fields are shared and must not be changed.
public final class Cors {
    /// What pages that subscribe or publish with fetch set.
    private static final List<String> USUAL_HEADERS =
            List.of("Authorization", "Content-Type", "Last-Event-ID", "Cache-Control");

    private static final DefaultHttpHeadersFactory UNCHECKED =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);

    /// Nothing for anybody.
    public static final Cors NONE = of(CorsConfig.NONE);

    private final Policy others;
    private final Map<String, Policy> byOrigin;

    private Cors(Rules rules) {
        Map<String, Policy> listed = new HashMap<>();
        if (rules.origins().isEmpty()) {
            others = new Policy(EmptyHttpHeaders.INSTANCE, EmptyHttpHeaders.INSTANCE);
        } else if (rules.origins().size() == 1) {
            others = policy(rules, rules.origins().getFirst(), false);
        } else {
            HttpHeaders vary = vary(UNCHECKED.newHeaders());
            others = new Policy(vary, vary);
            for (String origin : rules.origins()) {
                listed.put(origin.toLowerCase(Locale.ROOT), policy(rules, origin, true));
            }
        }
        byOrigin = Map.copyOf(listed);
    }

    /// The policy of the gateway for its own answers. Origins are compared in lower case, as
    /// browsers send them.
    public static Cors of(CorsConfig http) {
        return new Cors(Rules.of(http));
    }

    /// The policy of a route.
    ///
    /// @param http what absent keys stand for
    public static Cors of(RouteCorsConfig route, CorsConfig http) {
        Rules base = Rules.of(http);
        return new Cors(
                new Rules(
                        route.origins().orElse(base.origins()),
                        route.methods().orElse(base.methods()),
                        route.headers().orElse(base.headers()),
                        route.expose().orElse(base.expose()),
                        route.credentials().orElse(base.credentials()),
                        route.maxAge().orElse(base.maxAge())));
    }

    /// The fields for any answer but that to a preflight.
    ///
    /// @param origin the request's Origin, null when it has none
    public HttpHeaders fields(@Nullable String origin) {
        return policyFor(origin).answer;
    }

    /// The fields for the answer to a preflight.
    ///
    /// @param origin the request's Origin, null when it has none
    public HttpHeaders preflight(@Nullable String origin) {
        return policyFor(origin).preflight;
    }

    private Policy policyFor(@Nullable String origin) {
        return origin == null || byOrigin.isEmpty()
                ? others
                : byOrigin.getOrDefault(origin, others);
    }

    private static Policy policy(Rules rules, String origin, boolean listed) {
        HttpHeaders fields =
                UNCHECKED
                        .newHeaders()
                        .add("Access-Control-Allow-Origin", origin.toLowerCase(Locale.ROOT))
                        .add("Access-Control-Allow-Methods", String.join(", ", rules.methods()))
                        .add("Access-Control-Allow-Headers", String.join(", ", rules.headers()));
        if (!rules.expose().isEmpty()) {
            fields.add("Access-Control-Expose-Headers", String.join(", ", rules.expose()));
        }
        if (rules.credentials() && !origin.equals("*")) {
            fields.add("Access-Control-Allow-Credentials", "true");
        }
        if (listed) {
            vary(fields);
        }
        HttpHeaders preflight =
                fields.copy()
                        .add("Access-Control-Max-Age", Long.toString(rules.maxAge().toSeconds()));
        return new Policy(fields, preflight);
    }

    private static HttpHeaders vary(HttpHeaders fields) {
        return fields.add("Vary", "Origin");
    }

    private record Policy(HttpHeaders answer, HttpHeaders preflight) {}

    private record Rules(
            List<String> origins,
            List<String> methods,
            List<String> headers,
            List<String> expose,
            boolean credentials,
            Duration maxAge) {

        static Rules of(CorsConfig http) {
            List<String> headers = new ArrayList<>(USUAL_HEADERS);
            headers.addAll(http.corsAllowedHeaders());
            return new Rules(
                    http.corsAllowedOrigins(),
                    http.corsAllowedMethods(),
                    headers.stream().distinct().toList(),
                    http.corsExposedHeaders(),
                    http.corsAllowCredentials(),
                    http.corsMaxAge());
        }
    }
}
