package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

/// `[[routes]]` with a backend: who gets a request, and as what.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RoutesTest {
    private Backend one;
    private Backend two;

    @BeforeEach
    void start() {
        one = Backend.start((request, reply) -> reply.ok("one " + request.target()));
        two = Backend.start((request, reply) -> reply.ok("two " + request.target()));
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
    }

    @Test
    void takesTheFirstMatch() {
        try (TestGateway gateway =
                gateway(
                        """
                        [[routes]]
                        path = "/a/b"
                        proxy = "one"
                        [[routes]]
                        path = "/a/*"
                        proxy = "two"
                        [[routes]]
                        path = "/a/c"
                        proxy = "one"
                        """)) {
            assertThat(get(gateway, "/a/b")).isEqualTo("one /a/b");
            assertThat(get(gateway, "/a/c")).isEqualTo("two /a/c");
            assertThat(gateway.ask("GET /b HTTP/1.1\nHost: test\n\n").status()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "shop.example,           one",
        "SHOP.Example:8080,      one",
        "a.domain.example,       two",
        "a.b.domain.example:443, two",
        "domain.example,         two",
        "nodomain.example,       404",
        "other.example,          404",
    })
    void choosesByHost(String host, String expected) {
        try (TestGateway gateway =
                gateway(
                        """
                        [[routes]]
                        path = "/*"
                        host = "shop.example"
                        proxy = "one"
                        [[routes]]
                        path = "/*"
                        host = "*.domain.example"
                        proxy = "two"
                        """)) {
            Answer answer = gateway.ask("GET /a HTTP/1.1\nHost: " + host + "\n\n");
            String who =
                    answer.status() == 200 ? answer.body().substring(0, 3) : "" + answer.status();
            assertThat(who).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /api/a/b        | /a/b
                    /api/a?b=/api/c | /a?b=/api/c
                    /api/           | /
                    /api/?b=c       | /?b=c
                    /api/api/a      | /api/a
                    /api/%2Fa       | /%2Fa
                    """)
    void stripsThePrefix(String target, String expected) {
        try (TestGateway gateway =
                gateway("[[routes]]\npath = \"/api/*\"\nproxy = \"one\"\nstrip_prefix = true")) {
            get(gateway, target);
            assertThat(one.await(1).target()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/a/b",
                "/api/a?b=c&d=%41&&e",
                "/api/?",
                "/api/%41%2f%2F%7e%7E",
                "/api/a;b=c,d/@:!$&'()*+",
                "/api/%E2%82%AC?q=%E2%82%AC",
                "/api/a//b",
                "/api/a?b=c?d=/e",
            })
    void passesOnTheTargetByteByByte(String target) {
        try (TestGateway gateway = gateway("[[routes]]\npath = \"/api/*\"\nproxy = \"one\"")) {
            get(gateway, target);
            assertThat(one.await(1).target()).isEqualTo(target);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GET", "PATCH", "POST", "PUT", "UPDATED", "DELETE", "XX" + "X", "OPTIONS"})
    void passesOnEveryMethod(String method) {
        try (TestGateway gateway = gateway("[[routes]]\npath = \"/*\"\nproxy = \"one\"")) {
            String body = method.startsWith("P") ? "Content-Length: 2\n\nhi" : "\n";
            Answer answer = gateway.ask(method + " /a HTTP/1.1\nHost: test\n" + body);
            assertThat(answer.body()).isEqualTo("one /a");
            assertThat(one.await(1).line()).isEqualTo(method + " /a HTTP/1.1");
        }
    }

    @Test
    void leavesHealthToTheBackendAndNeitherSubscribersNorReservedPaths() {
        try (TestGateway gateway = gateway("[[routes]]\npath = \"/*\"\nproxy = \"one\"")) {
            assertThat(get(gateway, "/__react_server_health__")).isEqualTo("ok");
            gateway.subscribe("/events/t").close();
            assertThat(get(gateway, "/eventsx")).isEqualTo("one /eventsx");
            assertThat(get(gateway, "/health")).isEqualTo("one /health");
            assertThat(one.requests()).hasSize(2);
        }
    }

    @Test
    void leavesTheHubsPathToABackendWhenThereIsNoHub() {
        String off = "hub.enabled = false\n[[routes]]\npath = \"/*\"\nproxy = \"one\"";
        try (TestGateway gateway = gateway(off)) {
            assertThat(get(gateway, "/events/t")).isEqualTo("one /events/t");
        }
    }

    @Test
    void forwardsATargetAsBrowsersSendIt() {
        try (TestGateway gateway = gateway("[[routes]]\npath = \"/*\"\nproxy = \"one\"")) {
            String target = "/a|b^c{d}\"<>`?q=|^{}\"<>\\`";
            assertThat(get(gateway, target)).isEqualTo("one " + target);
        }
    }

    @Test
    void lookAtOneFormOfAPathAndForwardTheOther() {
        String routes =
                """
                [[routes]]
                path = "/admin"
                reply = { status = 403 }
                [[routes]]
                path = "/*"
                proxy = "one"
                """;
        try (TestGateway gateway = gateway(routes)) {
            for (String path : List.of("/%61dmin", "//admin", "/x/../admin", "/./admin")) {
                assertThat(gateway.ask("GET " + path + " HTTP/1.1\nHost: test\n\n").status())
                        .isEqualTo(403);
            }
            assertThat(get(gateway, "/x//%61/../b")).isEqualTo("one /x//%61/../b");
            assertThat(gateway.ask("GET /../a HTTP/1.1\nHost: test\n\n").status()).isEqualTo(400);
        }
    }

    @Test
    void chooseByMethodAndHeaderField() {
        String routes =
                """
                [[routes]]
                path = "/*"
                method = "GET"
                header = { Accept = "*text/event-stream*" }
                proxy = "two"
                [[routes]]
                path = "/*"
                method = ["GET", "POST"]
                proxy = "one"
                """;
        try (TestGateway gateway = gateway(routes)) {
            assertThat(get(gateway, "/a")).isEqualTo("one /a");
            String stream = "GET /a HTTP/1.1\nHost: test\nAccept: text/event-stream\n\n";
            assertThat(gateway.ask(stream).body()).isEqualTo("two /a");
            Answer refused = gateway.ask("PUT /a HTTP/1.1\nHost: test\nContent-Length: 0\n\n");
            assertThat(refused.status()).isEqualTo(405);
            assertThat(refused.header("Allow")).isEqualTo("GET, POST");
        }
    }

    @Test
    void asksAHostByItsUrl() {
        try (TestGateway gateway =
                gateway("[[routes]]\npath = \"/*\"\nproxy = \"http://" + one.address() + "\"")) {
            assertThat(get(gateway, "/a?b")).isEqualTo("one /a?b");
            assertThat(one.await(1).header("Host")).isEqualTo(one.address());
            assertThat(one.await(1).header("X-Forwarded-Host")).isEqualTo("test");
            assertThat(
                            gateway.metric(
                                    "spillgate_pool_connections{destination=\""
                                            + one.address()
                                            + "\",state=\"idle\"}"))
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "ftp://a:1", "http://", "http://a:1/path", "127.0.0.1:80"})
    void mustNameSomebodyWhoExists(String target) {
        String toml = "\n[[routes]]\npath = \"/*\"\nproxy = \"" + target + "\"";
        assertThatThrownBy(() -> gateway(toml).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("routes")
                .hasMessageContaining("proxy")
                .hasMessageContaining("http(s)://host:port");
    }

    @Test
    void limitsABodyOfKnownLength() {
        try (TestGateway gateway = limited();
                Wire wire = gateway.connect()) {
            wire.sendLines("POST /a HTTP/1.1\nHost: test\nContent-Length: 1025\n\n");
            assertThat(wire.answer().status()).isEqualTo(413);
            wire.expectEnd();
            assertThat(get(gateway, "/next")).isEqualTo("one /next");
            assertThat(one.total()).isEqualTo(1);
        }
    }

    @Test
    void asksForNoBodyThatIsTooLong() {
        try (TestGateway gateway = limited()) {
            String expecting = "Content-Length: 1025\nExpect: 100-continue\n\n";
            Answer answer = gateway.ask("POST /a HTTP/1.1\nHost: test\n" + expecting);
            assertThat(answer.status()).isEqualTo(413);
        }
    }

    @Test
    void limitsABodyThatComesInChunks() {
        try (TestGateway gateway = limited();
                Wire wire = gateway.connect()) {
            wire.sendLines("POST /a HTTP/1.1\nHost: test\nTransfer-Encoding: chunked\n\n");
            wire.send("400\r\n" + "x".repeat(1024) + "\r\n");
            wire.trySend("1\r\nx\r\n0\r\n\r\n");
            assertThat(wire.answer().status()).isEqualTo(413);
            wire.expectEnd();
            assertThat(get(gateway, "/next")).isEqualTo("one /next");
            for (BackendRequest request : one.requests()) {
                request.awaitEnd();
                assertThat(request.isWhole()).isEqualTo(request.target().equals("/next"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 1024", "Transfer-Encoding: chunked"})
    void takesABodyAsLongAsMayBe(String framing) {
        String body = "x".repeat(1024);
        try (TestGateway gateway = limited();
                Wire wire = gateway.connect()) {
            wire.sendLines("POST /a HTTP/1.1\nHost: test\n" + framing + "\n\n");
            wire.send(framing.startsWith("C") ? body : "400\r\n" + body + "\r\n0\r\n\r\n");
            assertThat(wire.answer().body()).isEqualTo("one /a");
            assertThat(one.await(1).body()).isEqualTo(body);
        }
    }

    @Test
    void takesABodyLongerThanAnEventMayBe() {
        String body = "x".repeat(3000);
        String route = "[[routes]]\npath = \"/*\"\nproxy = \"one\"";
        try (TestGateway gateway = gateway("http.max_body_size = \"1KiB\"\n" + route);
                Wire wire = gateway.connect()) {
            wire.sendLines("POST /a HTTP/1.1\nHost: test\nContent-Length: 3000\n\n").send(body);
            assertThat(wire.answer().body()).isEqualTo("one /a");
            assertThat(one.await(1).body()).isEqualTo(body);
        }
    }

    private TestGateway limited() {
        return gateway("[[routes]]\npath = \"/*\"\nproxy = \"one\"\nmax_body_size = \"1KiB\"");
    }

    private TestGateway gateway(String rest) {
        return TestGateway.start(
                """
                http-destinations.one.addresses = ["%s"]
                http-destinations.two.addresses = ["%s"]
                """
                                .formatted(one.address(), two.address())
                        + rest);
    }

    private static String get(TestGateway gateway, String target) {
        Answer answer = gateway.ask("GET " + target + " HTTP/1.1\nHost: test\n\n");
        assertThat(answer.status()).isEqualTo(200);
        return answer.body();
    }
}
