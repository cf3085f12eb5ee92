package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Upload;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The paths for probes, on both listeners.
final class HealthTest {
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway =
                TestGateway.start(
                        """
                        [server]
                        health_paths = ["/live"]
                        ready_paths = ["/able"]

                        [[routes]]
                        path = "/*"
                        reply = { status = 404, body = "shadow" }
                        """);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/__react_server_health__",
                "/live",
                "/__react_server_ready__",
                "/able",
                "/live?verbose=1",
            })
    void answersOkOnBothListeners(String path) {
        String request = "GET " + path + " HTTP/1.1\nHost: test\n\n";
        expectOk(gateway.ask(request));
        expectOk(gateway.askAdmin(request));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/ready", "/health?verbose=1"})
    void leavesTheUsualNamesToARouteAndAnswersThemOnTheAdminListener(String path) {
        String request = "GET " + path + " HTTP/1.1\nHost: test\n\n";
        assertThat(gateway.ask(request).text()).isEqualTo("shadow");
        expectOk(gateway.askAdmin(request));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/ready"})
    void answersTheUsualNamesWhereNoRouteTakesThem(String path) {
        try (TestGateway plain = TestGateway.start("")) {
            expectOk(plain.ask("GET " + path + " HTTP/1.1\nHost: test\n\n"));
        }
    }

    @Test
    void answersOnlyTheExactPath() {
        assertThat(gateway.ask("GET /healthy HTTP/1.1\nHost: test\n\n").text()).isEqualTo("shadow");
        assertThat(gateway.ask("GET /health/x HTTP/1.1\nHost: test\n\n").text())
                .isEqualTo("shadow");
    }

    @Test
    void isNotReadyWhileDraining() {
        try (TestGateway draining = TestGateway.start("");
                Upload upload = Upload.open(draining.connectAdmin(), "t")) {
            upload.send("data: begun\n\n");
            draining.awaitMetric("spillgate_messages_published_total", 1);
            draining.gateway().drain();
            Answer answer = draining.askAdmin("GET /ready HTTP/1.1\nHost: test\n\n");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.text()).isEqualTo("not ready");
            expectOk(draining.askAdmin("GET /health HTTP/1.1\nHost: test\n\n"));
        }
    }

    private static void expectOk(Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("ok");
    }
}
