package io.spillgate.limits;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;

import org.jspecify.annotations.Nullable;

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
    /// How long a browser may keep the answer to a preflight, in seconds.
    public static final int MAX_AGE_SECONDS = 600;

    private static final DefaultHttpHeadersFactory UNCHECKED =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);

    private final Policy others;
    private final Map<String, Policy> byOrigin;

    /// The policy for these origins.
    ///
    /// @param allowedOrigins `*`, one origin, several, or none; compared in lower case, as browsers
    ///   send them
    /// @param allowedHeaders request headers allowed besides Authorization and Content-Type
    public Cors(List<String> allowedOrigins, List<String> allowedHeaders) {
        Map<String, Policy> listed = new HashMap<>();
        if (allowedOrigins.isEmpty()) {
            others = new Policy(EmptyHttpHeaders.INSTANCE, EmptyHttpHeaders.INSTANCE);
        } else if (allowedOrigins.size() == 1) {
            others = policy(allowedOrigins.getFirst(), allowedHeaders, false);
        } else {
            HttpHeaders vary = vary(UNCHECKED.newHeaders());
            others = new Policy(vary, vary);
            for (String origin : allowedOrigins) {
                listed.put(origin.toLowerCase(Locale.ROOT), policy(origin, allowedHeaders, true));
            }
        }
        byOrigin = Map.copyOf(listed);
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

    private static Policy policy(String origin, List<String> headers, boolean listed) {
        StringBuilder allowed = new StringBuilder("Authorization, Content-Type");
        headers.forEach(header -> allowed.append(", ").append(header));
        HttpHeaders fields =
                UNCHECKED
                        .newHeaders()
                        .add("Access-Control-Allow-Origin", origin.toLowerCase(Locale.ROOT))
                        .add("Access-Control-Allow-Methods", "GET, OPTIONS")
                        .add("Access-Control-Allow-Headers", allowed.toString());
        if (listed) {
            vary(fields);
        }
        HttpHeaders preflight =
                fields.copy().add("Access-Control-Max-Age", Integer.toString(MAX_AGE_SECONDS));
        return new Policy(fields, preflight);
    }

    private static HttpHeaders vary(HttpHeaders fields) {
        return fields.add("Vary", "Origin");
    }

    private record Policy(HttpHeaders answer, HttpHeaders preflight) {}
}
