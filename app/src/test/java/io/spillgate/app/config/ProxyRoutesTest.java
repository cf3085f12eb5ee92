package io.spillgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.config.AffinityConfig;
import io.spillgate.config.RouteConfig;
import io.spillgate.config.RouteCorsConfig;
import io.spillgate.config.SizeLimit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class ProxyRoutesTest {
    private static final String MYAPP = "[http-destinations.myapp]\naddresses = ['a:1']\n";

    @TempDir private Path folder;

    private Reading reading;

    @BeforeEach
    void readFromFolder() {
        reading = Reading.in(folder);
    }

    @Test
    void routesForwardToDestinationsAndUrls() throws ConfigException {
        List<RouteConfig> routes =
                reading.config(
                                "a.toml",
                                MYAPP
                                        + """
                                        [[routes]]
                                        path = "/a/*"
                                        proxy = "myapp"
                                        strip_prefix = true
                                        streaming = true
                                        keepalive = 15
                                        expect = "forward"
                                        upgrade = ["tcp"]
                                        method = ["GET", "HEAD"]
                                        header = { Accept = "*text/event-stream*" }
                                        cors = { origins = "https://a.example", credentials = true }
                                        affinity = "cookie:place"
                                        max_body_size = "1 MB"
                                        [[routes]]
                                        path = "/b"
                                        proxy = "https://[::1]:8443"
                                        """)
                        .routes();

        assertThat(routes)
                .containsExactly(
                        new RouteConfig(
                                "/a/*",
                                Optional.empty(),
                                List.of("GET", "HEAD"),
                                Map.of("Accept", "*text/event-stream*"),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of("myapp"),
                                true,
                                true,
                                Duration.ofSeconds(15),
                                RouteConfig.Expectation.FORWARD,
                                List.of("tcp"),
                                Optional.of(
                                        new RouteCorsConfig(
                                                Optional.of(List.of("https://a.example")),
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.of(true),
                                                Optional.empty())),
                                Optional.of(AffinityConfig.parse("cookie:place")),
                                new SizeLimit(1_000_000)),
                        RouteConfig.forwarding("/b", "https://[::1]:8443"));
    }

    @Test
    void routesToNothingAreToldAtTheirLine() {
        assertThat(
                        reading.problems(
                                "a.toml",
                                MYAPP
                                        + """
                                        [[routes]]
                                        path = "/a"
                                        proxy = "myapp"
                                        [[routes]]
                                        path = "/b"
                                        proxy = "my-app"
                                        """))
                .containsExactly(
                        "a.toml:8: routes[1].proxy: is \"my-app\", must be http(s)://host:port or"
                                + " one of the destinations [myapp]");
    }

    @Test
    void routeToABrokenDestinationIsNotToldToo() {
        assertThat(
                        reading.problems(
                                "a.toml",
                                "[destinations.a]\n[[routes]]\npath = '/'\nproxy = 'a'\n"))
                .containsExactly(
                        "a.toml:1: http-destinations.a.addresses: is missing, must be set");
    }

    @ParameterizedTest
    @CsvSource({
        "'keepalive = 0.5', 'keepalive: is 500ms, must be at least 1s'",
        "'upgrade = [\"h2c\"]', 'upgrade: has \"h2c\", which would pass requests by the routes'",
        "'upgrade = [\"HTTP/2.0\"]', 'upgrade: has \"HTTP/2.0\", which would pass requests by the"
                + " routes'",
        "'upgrade = [\"a b\"]', 'upgrade: has \"a b\", must be a protocol''s name, as \"tcp\"'",
        "'expect = \"ask\"', 'expect: is \"ask\", must be one of answer, forward'",
    })
    void keysThatCantHoldAreErrors(String key, String problem) {
        assertThat(
                        reading.problems(
                                "a.toml",
                                MYAPP + "[[routes]]\npath = '/'\nproxy = 'myapp'\n" + key))
                .singleElement()
                .asString()
                .endsWith("routes[0]." + problem);
    }

    @Test
    void credentialsForAllOriginsAreAnErrorAlsoWhereAllIsInherited() {
        assertThat(
                        reading.problems(
                                "a.toml",
                                MYAPP
                                        + """
                                        [[routes]]
                                        path = "/"
                                        proxy = "myapp"
                                        cors = { credentials = true }
                                        """))
                .singleElement()
                .asString()
                .endsWith(
                        "routes[0].cors.credentials: is true for all origins, which browsers"
                                + " refuse; list the origins");
    }

    @ParameterizedTest
    @ValueSource(strings = {"keepalive = 15", "expect = 'forward'", "upgrade = ['tcp']"})
    void keysForBackendsNeedOne(String key) {
        assertThat(reading.problems("a.toml", "[[routes]]\npath = '/'\nstream = 'a'\n" + key))
                .singleElement()
                .asString()
                .endsWith(key.substring(0, key.indexOf(' ')) + ": is for routes with proxy");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cookies", "cookie:", "header:a b", "Address", "address:x", "cookie"})
    void affinityThatIsNoneIsAnError(String affinity) {
        assertThat(
                        reading.problems(
                                "a.toml",
                                MYAPP
                                        + "[[routes]]\npath = '/'\nproxy = 'myapp'\naffinity = '"
                                        + affinity
                                        + "'\n"))
                .containsExactly(
                        "a.toml:6: routes[0].affinity: is \""
                                + affinity
                                + "\", must be cookie:NAME, header:NAME or address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy = 'http://a:1'", "stream = 'x'"})
    void affinityIsForDestinationsOnly(String outcome) {
        assertThat(
                        reading.problems(
                                "a.toml",
                                "[[routes]]\npath = '/'\n" + outcome + "\naffinity = 'address'\n"))
                .containsExactly(
                        "a.toml:4: routes[0].affinity: is \"address\", must be absent unless"
                                + " proxy names one of [http-destinations]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://a:0", "http://a:65536", "https://u:p@a", "http://a/x", "ftp://a"})
    void routeToAUrlThatIsNoneIsAnError(String url) {
        assertThat(reading.problems("a.toml", "routes = [{path='/', proxy='" + url + "'}]"))
                .containsExactly(
                        "a.toml:1: routes[0].proxy: is no http(s)://host:port, must be that or a"
                                + " destination's name");
    }
}
