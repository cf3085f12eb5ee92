package io.spillgate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.config.HostPort;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RedirectRuleTest {
    @ParameterizedTest
    @CsvSource({
        "http://inner.example/a?b#c, https://outer.example/api/a?b#c",
        "https://INNER.example:8080/a, https://outer.example/api/a",
        "http://inner.example, https://outer.example/api/",
        "http://inner.example?b, https://outer.example/api/?b",
        "/a, /api/a",
        "a/b, a/b",
        "//inner.example/a, https://outer.example/api/a",
        "http://other.example/a, http://other.example/a",
        "http://inner.example.org/a, http://inner.example.org/a",
        "ftp://inner.example/a, ftp://inner.example/a",
    })
    void namesWhatTheClientCanReach(String told, String reachable) {
        RedirectRule rule =
                new RedirectRule(
                        new HostPort("inner.example", HostPort.NONE),
                        "https",
                        "outer.example",
                        "/api");
        assertThat(rule.reachable(told)).isEqualTo(reachable);
    }

    @ParameterizedTest
    @CsvSource({
        "http://inner.example:8080/a, https://outer.example/a",
        "http://inner.example:9090/a, http://inner.example:9090/a",
        "http://inner.example/a, http://inner.example/a",
    })
    void knowsTheBackendByItsPort(String told, String reachable) {
        HostPort backend = new HostPort("inner.example", 8080);
        RedirectRule rule = new RedirectRule(backend, "https", "outer.example", "");
        assertThat(rule.reachable(told)).isEqualTo(reachable);
    }

    @ParameterizedTest
    @CsvSource({"http://inner.example/a, http://inner.example/a", "/a, /a"})
    void leavesWhatItKnowsNothingBetterFor(String told, String reachable) {
        RedirectRule rule =
                new RedirectRule(new HostPort("inner.example", HostPort.NONE), "https", null, "");
        assertThat(rule.reachable(told)).isEqualTo(reachable);
    }
}
