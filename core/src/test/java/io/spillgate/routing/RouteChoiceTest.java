package io.spillgate.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.ReplyConfig;
import io.spillgate.config.RouteConfig;
import io.spillgate.config.SizeLimit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// By what a route is chosen besides its path: the path's form, method, fields; and what goes
/// before routes.
final class RouteChoiceTest {
    private static final ReplyConfig REPLY = new ReplyConfig(200, "text/plain", "here");
    private static final HttpHeaders NO_FIELDS = EmptyHttpHeaders.INSTANCE;

    private final Router open =
            Router.open(
                    GatewayConfig.DEFAULT.routed(
                            List.of(
                                    RouteConfig.replying("/exact", REPLY),
                                    RouteConfig.replying("/prefix/*", REPLY))));
    private final Router admin = Router.admin(GatewayConfig.DEFAULT);

    @ParameterizedTest
    @ValueSource(strings = {"last_event_id", "lastEventId", "lastEventID", "Last-Event-ID"})
    void resumesByEveryNameThatClientsUse(String name) {
        assertThat(open("GET", "/events/a?x=1&" + name + "=x-7"))
                .isEqualTo(new Route.Subscribe(List.of("a"), "x-7", false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/%65xact",
                "//exact",
                "/a/../exact",
                "/./exact",
                "/prefix/../exact",
                "/a/b/../../exact"
            })
    void isGotRoundByNoOtherSpellingOfAPath(String path) {
        assertThat(open("GET", path)).isEqualTo(new Route.Fixed(REPLY));
    }

    @Test
    void namesTheTopicInEachEventWhereThatIsAskedFor() {
        assertThat(open("GET", "/events/a?fields=topic"))
                .isEqualTo(new Route.Subscribe(List.of("a"), null, true));
        assertThat(open("GET", "/events/a?fields=retry")).isInstanceOf(Route.Invalid.class);
        assertThat(open("GET", "/events/a?fields=%")).isInstanceOf(Route.Invalid.class);
    }

    @Test
    void refusesABackslashInAPathAndTakesItInAQuery() {
        assertThat(open("GET", "/x\\..\\exact")).isInstanceOf(Route.Invalid.class);
        assertThat(open("GET", "/exact?a\\b")).isEqualTo(new Route.Fixed(REPLY));
    }

    @Test
    void answersARedirectThatKeepsTheMethodForEveryMethod() {
        ReplyConfig moved = new ReplyConfig(308, "", "", Optional.of("/new"), Map.of());
        Router router =
                Router.open(
                        GatewayConfig.DEFAULT.routed(List.of(RouteConfig.replying("/old", moved))));
        assertThat(route(router, "POST", "x", "/old")).isEqualTo(new Route.Fixed(moved));
        assertThat(route(open, "POST", "x", "/exact"))
                .isEqualTo(new Route.WrongMethod("GET, HEAD"));
    }

    @Test
    void takesAnEscapedSlashForData() {
        assertThat(open("GET", "/prefix%2Fa")).isEqualTo(new Route.Unknown());
        assertThat(open("GET", "/..%2Fexact")).isEqualTo(new Route.Unknown());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/..", "/../exact", "/a/../../exact", "/%2e%2E/exact"})
    void leadsNobodyAboveTheRoot(String path) {
        assertThat(open("GET", path)).isInstanceOf(Route.Invalid.class);
    }

    @Test
    void choosesByMethodAndFields() {
        RouteConfig streams =
                rule("/*", List.of("GET"), Map.of("accept", "*Text/Event-Stream*"), "1");
        RouteConfig reads = rule("/*", List.of("GET", "HEAD"), Map.of(), "2");
        RouteConfig writes = rule("/write", List.of("POST"), Map.of(), "3");
        Router router = Router.open(GatewayConfig.DEFAULT.routed(List.of(streams, reads, writes)));
        HttpHeaders accept = new DefaultHttpHeaders().add("Accept", "text/event-stream, x/y");
        RequestTarget a = RequestTarget.parse("/a");
        assertThat(router.route("GET", null, a, accept)).extracting("rule").isEqualTo(streams);
        assertThat(router.route("HEAD", null, a, accept)).extracting("rule").isEqualTo(reads);
        assertThat(router.route("GET", null, a, NO_FIELDS)).extracting("rule").isEqualTo(reads);
        assertThat(router.route("PUT", null, a, accept))
                .isEqualTo(new Route.WrongMethod("GET, HEAD"));
        assertThat(route(router, "POST", "x", "/write")).extracting("rule").isEqualTo(writes);
        assertThat(route(router, "PUT", "x", "/write"))
                .isEqualTo(new Route.WrongMethod("GET, HEAD, POST"));
    }

    @Test
    void leavesHealthToAnApplicationThatHasIt() {
        RouteConfig all = RouteConfig.forwarding("/*", "http://localhost:1");
        Router router = Router.open(GatewayConfig.DEFAULT.routed(List.of(all)));
        assertThat(route(router, "GET", "x", "/health")).isInstanceOf(Route.Forward.class);
        assertThat(route(router, "GET", "x", "/ready")).isInstanceOf(Route.Forward.class);
        assertThat(router.reserved("/health")).isNull();
        assertThat(open.reserved("/health")).isEqualTo(Route.Probe.ALIVE);
        assertThat(open.reserved("/ready")).isEqualTo(Route.Probe.READY);
        RouteConfig elsewhere = RouteConfig.forwarding("/*", "http://localhost:1").at("other");
        Router some = Router.open(GatewayConfig.DEFAULT.routed(List.of(elsewhere)));
        assertThat(some.reserved("/health")).isNull();
        assertThat(route(some, "GET", "x", "/health"))
                .isEqualTo(new Route.Check(Route.Probe.ALIVE));
        assertThat(route(some, "HEAD", "x", "/ready"))
                .isEqualTo(new Route.Check(Route.Probe.READY));
        assertThat(route(some, "POST", "x", "/health")).isEqualTo(new Route.Unknown());
        assertThat(admin.reserved("/health")).isEqualTo(Route.Probe.ALIVE);
        assertThat(admin.reserved("/ready")).isEqualTo(Route.Probe.READY);
    }

    private static Route route(Router router, String method, @Nullable String host, String target) {
        return router.route(method, host, RequestTarget.parse(target), NO_FIELDS);
    }

    private Route open(String method, String target) {
        return route(open, method, "test", target);
    }

    private static RouteConfig rule(
            String path, List<String> methods, Map<String, String> fields, String port) {
        return new RouteConfig(
                path,
                Optional.empty(),
                methods,
                fields,
                Optional.empty(),
                Optional.empty(),
                Optional.of("http://localhost:" + port),
                false,
                false,
                Duration.ZERO,
                RouteConfig.Expectation.ANSWER,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                SizeLimit.INFINITE);
    }
}
