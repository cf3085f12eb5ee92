package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.TestGateway;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who says to pages of other origins what they may do with a backend.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class CorsOfRoutesTest {
    private static final String OWN_POLICY =
            """
            HTTP/1.1 200 OK
            Content-Length: 2
            Access-Control-Allow-Origin: https://a.example
            access-control-allow-credentials: true
            X-Own: 1

            ok\
            """;

    private Backend backend;

    @BeforeEach
    void start() {
        backend = Backend.start((request, reply) -> reply.sendLines(OWN_POLICY));
    }

    @AfterEach
    void stop() {
        backend.close();
    }

    @Test
    void itIsTheBackendThatAnswersPreflightsByDefault() {
        try (TestGateway gateway = gateway("")) {
            Answer answer = gateway.ask(preflight("PUT"));
            assertThat(answer.body()).isEqualTo("ok");
            BackendRequest request = backend.await(1);
            assertThat(request.line()).isEqualTo("OPTIONS /a HTTP/1.1");
            assertThat(request.header("Access-Control-Request-Method")).isEqualTo("PUT");
            assertThat(request.header("Origin")).isEqualTo("https://a.example");
        }
    }

    @Test
    void itsAnswersHaveNoLineOfTheGateway() {
        try (TestGateway gateway = gateway("")) {
            Answer answer =
                    gateway.ask("GET /a HTTP/1.1\nHost: test\nOrigin: https://b.example\n\n");
            assertThat(answer.values("Access-Control-Allow-Origin"))
                    .containsExactly("https://a.example");
            assertThat(answer.header("Access-Control-Allow-Methods")).isNull();
            assertThat(answer.header("Vary")).isNull();
        }
    }

    @Test
    void aPreflightGoesWhereTheRequestWillGo() {
        String routes =
                """
                method = ["PUT"]
                [[routes]]
                path = "/*"
                reply = { body = "other" }
                """;
        try (TestGateway gateway = gateway(routes)) {
            assertThat(gateway.ask(preflight("PUT")).body()).isEqualTo("ok");
            Answer other = gateway.ask(preflight("GET"));
            assertThat(other.status()).isEqualTo(204);
            assertThat(other.header("Access-Control-Allow-Origin")).isEqualTo("*");
        }
    }

    @Test
    void theGatewayAnswersWhereTheRouteSaysSo() {
        try (TestGateway gateway = gateway("cors = \"gateway\"")) {
            Answer preflight = gateway.ask(preflight("PUT"));
            assertThat(preflight.status()).isEqualTo(204);
            assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo("*");
            assertThat(backend.requests()).isEmpty();
            Answer answer =
                    gateway.ask("GET /a HTTP/1.1\nHost: test\nOrigin: https://b.example\n\n");
            assertThat(answer.values("Access-Control-Allow-Origin")).containsExactly("*");
            assertThat(answer.header("Access-Control-Allow-Credentials")).isNull();
            assertThat(answer.header("X-Own")).isEqualTo("1");
        }
    }

    @Test
    void aTableSaysWhatTheGatewayAnswers() {
        String table =
                """
                cors = { origins = ["https://a.example", "https://b.example"], methods = ["PUT"], \
                headers = ["X-Own"], expose = ["ETag"], credentials = true, max_age = 60 }
                """
                        .replace("\\\n", "");
        try (TestGateway gateway = gateway(table)) {
            Answer preflight = gateway.ask(preflight("PUT"));
            assertThat(preflight.header("Access-Control-Allow-Origin"))
                    .isEqualTo("https://a.example");
            assertThat(preflight.header("Access-Control-Allow-Methods")).isEqualTo("PUT");
            assertThat(preflight.header("Access-Control-Allow-Headers")).isEqualTo("X-Own");
            assertThat(preflight.header("Access-Control-Allow-Credentials")).isEqualTo("true");
            assertThat(preflight.header("Access-Control-Max-Age")).isEqualTo("60");
            Answer foreign =
                    gateway.ask("GET /a HTTP/1.1\nHost: test\nOrigin: https://c.example\n\n");
            assertThat(foreign.header("Access-Control-Allow-Origin")).isNull();
            assertThat(foreign.header("Vary")).isEqualTo("Origin");
        }
    }

    @Test
    void aRouteCanBeClosedToAllOrigins() {
        try (TestGateway gateway = gateway("cors = { origins = [] }")) {
            Answer answer =
                    gateway.ask("GET /a HTTP/1.1\nHost: test\nOrigin: https://a.example\n\n");
            assertThat(answer.header("Access-Control-Allow-Origin")).isNull();
            assertThat(answer.header("access-control-allow-credentials")).isNull();
        }
    }

    @Test
    void aRefusalOfTheGatewayCanBeReadAllTheSame() {
        try (TestGateway gateway = gateway("max_body_size = \"1KB\"")) {
            Answer refused =
                    gateway.ask(
                            "POST /a HTTP/1.1\nHost: test\nOrigin: https://a.example\n"
                                    + "Content-Length: 2000\n\n");
            assertThat(refused.status()).isEqualTo(413);
            assertThat(refused.header("Access-Control-Allow-Origin")).isEqualTo("*");
        }
    }

    private TestGateway gateway(String keys) {
        String url = "http://127.0.0.1:" + backend.port();
        return TestGateway.start(
                "[[routes]]\npath = \"/*\"\nproxy = \"" + url + "\"\n" + keys + "\n");
    }

    private static String preflight(String method) {
        return """
        OPTIONS /a HTTP/1.1
        Host: test
        Origin: https://a.example
        Access-Control-Request-Method: %s

        """
                .formatted(method);
    }
}
