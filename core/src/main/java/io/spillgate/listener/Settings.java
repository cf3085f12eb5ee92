package io.spillgate.listener;

import io.spillgate.config.GatewayConfig;
import io.spillgate.config.HttpConfig;
import io.spillgate.config.RouteConfig;
import io.spillgate.config.WebsocketConfig;
import io.spillgate.http.http1.HeadLimits;
import io.spillgate.http.http1.ReceiveTimes;
import io.spillgate.limits.Cors;
import io.spillgate.limits.RateLimiter;
import io.spillgate.limits.TrustedProxies;
import io.spillgate.proxy.Upstream;
import io.spillgate.routing.Router;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a configuration means for the next request of a listener; replaced as a whole by a reload.
///
/// @param router what answers
/// @param cors who may read answers
/// @param rate requests of one client
/// @param proxies whose forwarding headers are believed
/// @param hosts by what hosts the admin listener may be called
/// @param headLimits how large a head may be
/// @param times how long receiving may take
/// @param publishPolicy who may publish, and how much
/// @param shedding how overload is told
/// @param upstreams where forwarded requests go, by what their routes call it
/// @param websocket what clients of tunnels hear
/// @param redirectsToTls whether who comes without TLS is sent to the entrance with it
/// @param accessLog whether requests are logged
record Settings(
        Router router,
        Cors cors,
        RateLimiter rate,
        TrustedProxies proxies,
        OwnHosts hosts,
        HeadLimits headLimits,
        ReceiveTimes times,
        PublishPolicy publishPolicy,
        OverloadReplies shedding,
        Map<String, Upstream> upstreams,
        WebsocketConfig websocket,
        boolean redirectsToTls,
        boolean accessLog) {

    static Settings open(GatewayConfig config) {
        HttpConfig http = config.http();
        return new Settings(
                Router.open(config),
                Cors.of(http.cors()),
                // stamps are whole milliseconds, so one more keeps every window strict
                new RateLimiter(http.rateLimitPerIp(), http.rateLimitWindowSec().plusMillis(1)),
                TrustedProxies.of(http.trustedProxies(), http.forwardedHeader()),
                OwnHosts.of(List.of()),
                HeadLimits.of(http),
                ReceiveTimes.of(config),
                PublishPolicy.of(config, false),
                OverloadReplies.of(config),
                upstreams(config),
                config.server().websocket(),
                config.tls().redirectHttp(),
                config.log().access());
    }

    static Settings admin(GatewayConfig config) {
        return new Settings(
                Router.admin(config),
                Cors.NONE,
                new RateLimiter(0, Duration.ofSeconds(1)),
                TrustedProxies.of(List.of(), config.http().forwardedHeader()),
                OwnHosts.of(config.admin().hosts()),
                HeadLimits.of(config.http()),
                ReceiveTimes.of(config),
                PublishPolicy.of(config, true),
                OverloadReplies.of(config),
                Map.of(),
                WebsocketConfig.DEFAULT,
                false,
                config.log().access());
    }

    /// The same, with the other's counts of requests where the limit is the same.
    Settings keepingRate(Settings before, HttpConfig old, HttpConfig changed) {
        boolean same =
                old.rateLimitPerIp() == changed.rateLimitPerIp()
                        && old.rateLimitWindowSec().equals(changed.rateLimitWindowSec());
        return same
                ? new Settings(
                        router,
                        cors,
                        before.rate,
                        proxies,
                        hosts,
                        headLimits,
                        times,
                        publishPolicy,
                        shedding,
                        upstreams,
                        websocket,
                        redirectsToTls,
                        accessLog)
                : this;
    }

    /// How often connections are to be visited for these times to hold.
    long visitPeriodNanos() {
        return times.visitPeriodNanos(publishPolicy.blockNanos());
    }

    /// Where a route's requests go.
    Upstream upstream(String name) {
        Upstream upstream = upstreams.get(name);
        if (upstream == null) {
            throw new IllegalStateException("no upstream " + name);
        }
        return upstream;
    }

    private static Map<String, Upstream> upstreams(GatewayConfig config) {
        Map<String, Upstream> all = new HashMap<>();
        for (RouteConfig route : config.routes()) {
            route.proxy().ifPresent(to -> all.put(to, Upstream.of(to, config.httpDestinations())));
        }
        return Map.copyOf(all);
    }
}
