package io.spillgate.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.ReplyConfig;
import io.spillgate.config.RouteConfig;
import io.spillgate.config.ServerConfig;
import io.spillgate.config.SizeLimit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// From the head of a request to what answers it.
final class RouterTest {
    private static final ReplyConfig REPLY = new ReplyConfig(200, "text/plain", "here");
    private static final RouteConfig BACK = forward("/back/*", false, true, 7);
    private static final HttpHeaders NO_FIELDS = EmptyHttpHeaders.INSTANCE;

    private final Router open = Router.open(config());
    private final Router admin = Router.admin(config());

    @Test
    void subscribesToTheTopicOfThePath() {
        assertThat(open("GET", "/events/news")).isEqualTo(subscribe("news"));
        assertThat(open("HEAD", "/events/news")).isEqualTo(subscribe("news"));
        assertThat(open("GET", "/events/a/b%20c%C3%A9")).isEqualTo(subscribe("a/b cé"));
        assertThat(open("GET", "/events/a?last_event_id=x-7&last_event_id=y"))
                .isEqualTo(new Route.Subscribe(List.of("a"), "x-7", false));
    }

    @Test
    void subscribesToTheTopicsOfTheQueryEachOnce() {
        assertThat(open("GET", "/events?topic=a&topic=b%2Fc&topic=a"))
                .isEqualTo(subscribe("a", "b/c"));
    }

    @Test
    void subscribesToAHundredTopicsAndNotOneMore() {
        String hundred = "/events?topic=0" + "&topic=%d".repeat(99);
        Object[] numbers = new Object[99];
        java.util.Arrays.setAll(numbers, i -> i + 1);
        String target = hundred.formatted(numbers);
        assertThat(((Route.Subscribe) open("GET", target)).topics()).hasSize(100);
        assertThat(open("GET", target + "&topic=x"))
                .isInstanceOfSatisfying(
                        Route.Invalid.class,
                        invalid -> assertThat(invalid.reason()).startsWith("101 topics"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/events",
                "/events?",
                "/events?topics=a",
                "/events?topic=",
                "/events/",
                "/events/%00",
                "/events/a%0Ab",
                "/events/%7F",
                "/events/%C2%85",
                "/events/%FF",
                "/events/%",
                "/events?topic=%",
                "/events/a?last_event_id=%FF",
                "/events/*",
                "/events/a/%2A",
                "/events?topic=a*b"
            })
    void namesTheReasonOfABadSubscription(String target) {
        assertThat(open("GET", target))
                .isInstanceOfSatisfying(
                        Route.Invalid.class, invalid -> assertThat(invalid.reason()).isNotEmpty());
    }

    @Test
    void takesTopicsOfUpTo255BytesOfUtf8() {
        String longest = "é".repeat(127) + "x";
        String encoded = "%C3%A9".repeat(127) + "x";
        assertThat(open("GET", "/events/" + encoded)).isEqualTo(subscribe(longest));
        assertThat(open("GET", "/events/" + encoded + "y")).isInstanceOf(Route.Invalid.class);
        assertThat(open("POST", "/events/" + encoded + "y")).isInstanceOf(Route.Invalid.class);
    }

    @Test
    void publishesToTheTopicOfThePath() {
        assertThat(open("POST", "/events/a/b?event=tick&id=7&retry=100"))
                .isEqualTo(new Route.Publish("a/b", "tick", "7", "100"));
        assertThat(admin("POST", "/events/a")).isEqualTo(new Route.Publish("a", null, null, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/events",
                "/events?topic=a",
                "/events/",
                "/events/a?event=%",
                "/events/a?id=%",
                "/events/a?retry=%"
            })
    void namesTheReasonOfABadPublish(String target) {
        assertThat(open("POST", target)).isInstanceOf(Route.Invalid.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "PATCH", "OPTIONS", "get"})
    void allowsTheHubNoOtherMethod(String method) {
        assertThat(open(method, "/events/a")).isEqualTo(new Route.WrongMethod("GET, HEAD, POST"));
    }

    @ParameterizedTest
    @CsvSource({
        "/exact, Fixed",
        "/exact/, Unknown",
        "/exactly, Unknown",
        "/Exact, Unknown",
        "/prefix/, Fixed",
        "/prefix/a/b, Fixed",
        "/prefix, Unknown",
        "/eventsource, Unknown",
        "/nowhere, Unknown",
        "/, Unknown",
        "*, Unknown"
    })
    void matchesPathsExactlyOrByPrefix(String path, String outcome) {
        assertThat(open("GET", path).getClass().getSimpleName()).isEqualTo(outcome);
    }

    @ParameterizedTest
    @CsvSource({
        "one.example.com, one",
        "ONE.example.com:8080, one",
        "a.example.org, wild",
        "a.b.example.org:1, wild",
        "example.org, wild",
        "badexample.org, any",
        "other, any",
        "a.example.org., wild",
        "ONE.Example.com.:8080, one",
        "[::1]:80, any",
        ", any"
    })
    void choosesTheFirstRouteWhoseHostFits(@Nullable String host, String body) {
        assertThat(route(open, "GET", host, "/by-host"))
                .isEqualTo(new Route.Fixed(new ReplyConfig(200, "text/plain", body)));
    }

    @Test
    void fillsTheTopicOfARouteFromItsPath() {
        assertThat(open("GET", "/feeds/a%2Fb")).isEqualTo(subscribe("feed/a/b/live"));
        assertThat(open("GET", "/all")).isEqualTo(subscribe("everything"));
        assertThat(open("GET", "/feeds/%")).isInstanceOf(Route.Invalid.class);
        assertThat(open("GET", "/feeds/%00")).isInstanceOf(Route.Invalid.class);
    }

    @Test
    void readsRoutesOnly() {
        assertThat(open("POST", "/exact")).isEqualTo(new Route.WrongMethod("GET, HEAD"));
        assertThat(open("POST", "/all")).isEqualTo(new Route.WrongMethod("GET, HEAD"));
    }

    @ParameterizedTest
    @CsvSource({
        "/back/a, /back/a",
        "/back/a?, /back/a?",
        "/back/%2e/%zz?q=a%20b&&, /back/%2e/%zz?q=a%20b&&",
        "/back/, /back/",
        "/cut/a/b?c, /a/b?c",
        "/cut/, /",
        "/cut/?, /?",
        "/cut//a, /a",
        "/cut///a, //a",
        "/cut/https://a/%7Eb%2f, /https://a/%7Eb%2f",
        "/cut/b/../%61, /a",
        "/back//x/../%61, /back//x/../%61",
        "/short, /",
        "/shorter?x, /er?x",
        "/short/er, /er",
    })
    void forwardsTheTargetAsItCameButForAPrefix(String asked, String sent) {
        assertThat(((Route.Forward) open("PROPFIND", asked)).target()).isEqualTo(sent);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"})
    void forwardsEveryMethod(String method) {
        assertThat(open(method, "/back/a"))
                .isEqualTo(new Route.Forward("http://[::1]:1", "/back/a", BACK, null));
    }

    @Test
    void asksABackendOfTheWholeServerAboutItself() {
        RouteConfig all = RouteConfig.forwarding("/*", "http://localhost:1");
        Router router = Router.open(GatewayConfig.DEFAULT.routed(List.of(all)));
        assertThat(route(router, "OPTIONS", "test", "*"))
                .isEqualTo(new Route.Forward("http://localhost:1", "*", all, null));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /metrics, METRICS",
        "HEAD, /metrics, METRICS",
        "GET, /stats, STATS",
        "POST, /reload, RELOAD",
        "POST, /drain, DRAIN"
    })
    void obeysOperatorsOnTheAdminListenerAlone(String method, String path, Route.Command command) {
        assertThat(admin(method, path)).isEqualTo(new Route.Operate(command));
        assertThat(open(method, path)).isEqualTo(new Route.Unknown());
    }

    @ParameterizedTest
    @CsvSource({"POST, /metrics", "POST, /stats", "GET, /reload", "GET, /drain", "HEAD, /drain"})
    void changesNothingByTheWrongMethod(String method, String path) {
        assertThat(admin(method, path)).isInstanceOf(Route.WrongMethod.class);
    }

    @Test
    void hasNoRoutesOnTheAdminListener() {
        assertThat(admin("GET", "/exact")).isEqualTo(new Route.Unknown());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/__react_server_health__", "/alive"})
    void knowsTheHealthPaths(String path) {
        assertThat(open.reserved(path)).isEqualTo(Route.Probe.ALIVE);
        assertThat(admin.reserved(path)).isEqualTo(Route.Probe.ALIVE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/__react_server_ready__", "/willing"})
    void knowsTheReadyPaths(String path) {
        assertThat(open.reserved(path)).isEqualTo(Route.Probe.READY);
    }

    private static Route route(Router router, String method, @Nullable String host, String target) {
        return router.route(method, host, RequestTarget.parse(target), NO_FIELDS);
    }

    private Route open(String method, String target) {
        return route(open, method, "test", target);
    }

    private Route admin(String method, String target) {
        return route(admin, method, "test", target);
    }

    private static Route subscribe(String... topics) {
        return new Route.Subscribe(List.of(topics), null, false);
    }

    private static GatewayConfig config() {
        GatewayConfig base = GatewayConfig.DEFAULT;
        ServerConfig server = base.server();
        return new GatewayConfig(
                base.http(),
                base.tls(),
                new ServerConfig(
                        server.keepAliveTimeout(),
                        server.headersTimeout(),
                        server.requestTimeout(),
                        server.maxConcurrentRequests(),
                        server.backpressure(),
                        server.shutdownTimeout(),
                        server.drainGrace(),
                        server.lingerTimeout(),
                        server.websocket(),
                        List.of("/alive"),
                        List.of("/willing")),
                base.hub(),
                base.admin(),
                base.httpDestinations(),
                base.client(),
                base.hostConnectionPool(),
                List.of(
                        reply("/exact", null, REPLY.body()),
                        reply("/prefix/*", null, REPLY.body()),
                        reply("/by-host", "one.example.com", "one"),
                        reply("/by-host", "*.example.org", "wild"),
                        reply("/by-host", null, "any"),
                        BACK,
                        forward("/cut/*", true, false, 1),
                        forward("/short*", true, false, 1),
                        stream("/feeds/*", "feed/*/live"),
                        stream("/all", "everything")),
                base.log());
    }

    private static RouteConfig reply(String path, @Nullable String host, String body) {
        ReplyConfig reply = new ReplyConfig(200, "text/plain", body);
        RouteConfig route = RouteConfig.replying(path, reply);
        return host == null ? route : route.at(host);
    }

    private static RouteConfig forward(
            String path, boolean strip, boolean streaming, long maxBodyBytes) {
        return new RouteConfig(
                path,
                Optional.empty(),
                List.of(),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("http://[::1]:1"),
                strip,
                streaming,
                Duration.ZERO,
                RouteConfig.Expectation.ANSWER,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                new SizeLimit(maxBodyBytes));
    }

    private static RouteConfig stream(String path, String topic) {
        return RouteConfig.subscribing(path, topic);
    }
}
