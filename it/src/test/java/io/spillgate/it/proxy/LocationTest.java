package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.TestGateway;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Redirects of a backend that takes another host for its own.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LocationTest {
    @Test
    void namesTheHostThatTheClientAskedFor() {
        Answer answer = ask("rewrite-location = true", "", "http://inner.example/login?to=%2F");
        assertThat(answer.values("Location"))
                .containsExactly("http://outer.example/app/login?to=%2F");
        assertThat(answer.values("Content-Location")).containsExactly("/app/here");
    }

    @Test
    void namesTheSchemeThatATrustedProxySays() {
        Answer answer =
                ask(
                        "rewrite-location = true",
                        "X-Forwarded-Proto: https\nX-Forwarded-Host: www.example\n",
                        "http://inner.example/login");
        assertThat(answer.values("Location")).containsExactly("https://www.example/app/login");
    }

    @Test
    void staysWhereNobodyAsked() {
        Answer answer = ask("", "", "http://inner.example/login");
        assertThat(answer.values("Location")).containsExactly("http://inner.example/login");
    }

    private static Answer ask(String key, String fields, String location) {
        Backend.Script redirect =
                (request, reply) ->
                        reply.sendLines(
                                "HTTP/1.1 302 Found\nLocation: "
                                        + location
                                        + "\nContent-Location: /here\nContent-Length: 0\n\n");
        try (Backend backend = Backend.start(redirect);
                TestGateway gateway = TestGateway.start(toml(backend, key))) {
            return gateway.ask("GET /app/x HTTP/1.1\nHost: outer.example\n" + fields + "\n");
        }
    }

    private static String toml(Backend backend, String key) {
        return """
        http.trusted_proxies = ["127.0.0.1"]
        [http-destinations.inner]
        addresses = ["%s"]
        override-host-header = "inner.example"
        %s
        [[routes]]
        path = "/app/*"
        proxy = "inner"
        strip_prefix = true
        """
                .formatted(backend.address(), key);
    }
}
