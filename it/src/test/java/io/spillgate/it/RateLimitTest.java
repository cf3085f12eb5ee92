package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// `rate_limit_per_ip` and `rate_limit_window_sec`.
final class RateLimitTest {
    private static final String ROUTE =
            """

            [[routes]]
            path = "/work"
            reply = { body = "done" }
            """;
    private static final String WORK = "GET /work HTTP/1.1\nHost: test\nConnection: close\n\n";

    private TestGateway gateway;

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void refusesTheRequestAfterTheLast() {
        start("rate_limit_per_ip = 3\nrate_limit_window_sec = 30");
        for (int i = 0; i < 3; i++) {
            assertThat(gateway.ask(WORK).status()).isEqualTo(200);
        }
        Answer answer = gateway.ask(WORK);
        assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 429 Too Many Requests");
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(retryAfter(answer)).isBetween(20, 30);
    }

    @Test
    void refusesWithThePolicyOfTheRoute() {
        gateway =
                TestGateway.start(
                        """
                        http.rate_limit_per_ip = 1
                        [[routes]]
                        path = "/work"
                        proxy = "http://127.0.0.1:9"
                        cors = { origins = ["https://a.example"], credentials = true }
                        """);
        gateway.ask(WORK);
        Answer answer = gateway.ask(WORK.replace("\n\n", "\nOrigin: https://a.example\n\n"));
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("https://a.example");
        assertThat(answer.header("Access-Control-Allow-Credentials")).isEqualTo("true");
    }

    @Test
    void waitsForAtLeastOneSecond() {
        start("rate_limit_per_ip = 1\nrate_limit_window_sec = \"300ms\"");
        gateway.ask(WORK);
        assertThat(retryAfter(gateway.ask(WORK))).isEqualTo(1);
    }

    @Test
    void neverAdmitsMoreInAnyWindowAndNoLessOverAll() {
        start("rate_limit_per_ip = 5\nrate_limit_window_sec = 1");
        List<Long> sent = new ArrayList<>();
        List<Long> answered = new ArrayList<>();
        long start = System.nanoTime();
        while (System.nanoTime() - start < Duration.ofMillis(3500).toNanos()) {
            long before = System.nanoTime();
            if (gateway.ask(WORK).status() == 200) {
                sent.add(before);
                answered.add(System.nanoTime());
            }
        }
        assertThat(sent).hasSizeBetween(16, 20);
        for (int i = 5; i < sent.size(); i++) {
            assertThat(Duration.ofNanos(answered.get(i) - sent.get(i - 5)))
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        }
    }

    @Test
    void countsEveryRequestOfAConnection() {
        start("rate_limit_per_ip = 2");
        try (Wire wire = gateway.connect()) {
            wire.sendLines("GET /work HTTP/1.1\nHost: test\n\n".repeat(3));
            assertThat(wire.answer().status()).isEqualTo(200);
            assertThat(wire.answer().status()).isEqualTo(200);
            assertThat(wire.answer().status()).isEqualTo(429);
        }
    }

    @Test
    void countsSubscriptions() {
        start("rate_limit_per_ip = 1");
        gateway.subscribe("/events/t").close();
        assertThat(gateway.ask("GET /events/t HTTP/1.1\nHost: test\n\n").status()).isEqualTo(429);
    }

    @Test
    void leavesHealthPreflightsAndTheAdminListenerAlone() {
        start("rate_limit_per_ip = 1");
        for (int i = 0; i < 3; i++) {
            assertThat(gateway.ask("GET /health HTTP/1.1\nHost: test\n\n").status()).isEqualTo(200);
            assertThat(gateway.ask("GET /ready HTTP/1.1\nHost: test\n\n").status()).isEqualTo(200);
            assertThat(gateway.ask(preflight()).status()).isEqualTo(204);
            assertThat(gateway.askAdmin("GET /stats HTTP/1.1\nHost: test\n\n").status())
                    .isEqualTo(200);
        }
        assertThat(gateway.ask(WORK).status()).isEqualTo(200);
        assertThat(gateway.ask(WORK).status()).isEqualTo(429);
        assertThat(gateway.ask("GET /health HTTP/1.1\nHost: test\n\n").status()).isEqualTo(200);
        assertThat(gateway.ask(preflight()).status()).isEqualTo(204);
    }

    @Test
    void countsEachAddressOnItsOwn() {
        start("rate_limit_per_ip = 1");
        assertThat(statusFrom("127.0.0.2")).isEqualTo(200);
        assertThat(statusFrom("127.0.0.2")).isEqualTo(429);
        assertThat(statusFrom("127.0.0.3")).isEqualTo(200);
    }

    @Test
    void believesNoForwardingHeaderOfAStranger() {
        start("rate_limit_per_ip = 1");
        assertThat(gateway.ask(forwarded("X-Forwarded-For: 10.0.0.1")).status()).isEqualTo(200);
        assertThat(gateway.ask(forwarded("X-Forwarded-For: 10.0.0.2")).status()).isEqualTo(429);
        assertThat(gateway.ask(forwarded("Forwarded: for=10.0.0.3")).status()).isEqualTo(429);
    }

    @ParameterizedTest(name = "{1} then {2}: {3}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    another client          | X-Forwarded-For: 203.0.113.1 | X-Forwarded-For: 203.0.113.2 | 200
                    the same client         | X-Forwarded-For: 203.0.113.1 | X-Forwarded-For: 203.0.113.1 | 429
                    what the client claims  | X-Forwarded-For: 1.1.1.1, 203.0.113.1 | X-Forwarded-For: 2.2.2.2, 203.0.113.1 | 429
                    over a second proxy     | X-Forwarded-For: 203.0.113.1, 127.0.0.9 | X-Forwarded-For: 203.0.113.1 | 429
                    several lines           | X-Forwarded-For: 203.0.113.1#X-Forwarded-For: 127.0.0.9 | X-Forwarded-For: 203.0.113.1 | 429
                    the same /64            | X-Forwarded-For: 2001:db8::1 | X-Forwarded-For: 2001:db8::ffff:2 | 429
                    another /64             | X-Forwarded-For: 2001:db8::1 | X-Forwarded-For: 2001:db8:0:1::1 | 200
                    mapped IPv4             | X-Forwarded-For: 203.0.113.1 | X-Forwarded-For: ::ffff:203.0.113.1 | 429
                    obfuscated              | X-Forwarded-For: 203.0.113.1, _a | X-Forwarded-For: 203.0.113.2, unknown | 429
                    the other header        | Forwarded: for=203.0.113.1 | Forwarded: for=203.0.113.2 | 429
                    """)
    void takesTheClientFromATrustedProxy(String what, String first, String second, int status) {
        start("rate_limit_per_ip = 1\ntrusted_proxies = [\"127.0.0.0/8\"]");
        assertThat(gateway.ask(forwarded(first)).status()).isEqualTo(200);
        assertThat(gateway.ask(forwarded(second)).status()).isEqualTo(status);
    }

    @ParameterizedTest(name = "{1} then {2}: {3}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    another client   | Forwarded: for=203.0.113.1 | Forwarded: for=203.0.113.2 | 200
                    the same client  | Forwarded: for=203.0.113.1 | Forwarded: for="203.0.113.1:4711" | 429
                    the same /64     | Forwarded: for="[2001:db8::1]:99" | Forwarded: for="[2001:db8::2]" | 429
                    what it claims   | Forwarded: for=6.6.6.1, for=203.0.113.1 | Forwarded: for=6.6.6.2, for=203.0.113.1 | 429
                    an open quote    | Forwarded: for=6.6.6.1;x=", for=203.0.113.1 | Forwarded: for=6.6.6.2;x=", for=203.0.113.1 | 429
                    the other header | X-Forwarded-For: 203.0.113.1 | X-Forwarded-For: 203.0.113.2 | 429
                    """)
    void takesTheClientFromForwardedWhereThatIsTold(
            String what, String first, String second, int status) {
        start(
                "rate_limit_per_ip = 1\ntrusted_proxies = [\"127.0.0.0/8\"]\n"
                        + "forwarded_header = \"forwarded\"");
        assertThat(gateway.ask(forwarded(first)).status()).isEqualTo(200);
        assertThat(gateway.ask(forwarded(second)).status()).isEqualTo(status);
    }

    /// A proxy that writes one header passes on what a client writes into the other one.
    @ParameterizedTest
    @CsvSource({
        "x-forwarded-for, 'X-Forwarded-For: 203.0.113.1', 'Forwarded: for=6.6.6.%d'",
        "forwarded, 'Forwarded: for=203.0.113.1', 'X-Forwarded-For: 6.6.6.%d'",
    })
    void isNotBeatenByTheHeaderThatTheProxyDoesNotWrite(
            String family, String written, String claimed) {
        start(
                "rate_limit_per_ip = 5\ntrusted_proxies = [\"127.0.0.0/8\"]\n"
                        + "forwarded_header = \"%s\"".formatted(family));
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String lines = claimed.formatted(i) + "#" + written;
            statuses.add(gateway.ask(forwarded(lines)).status());
        }
        assertThat(statuses)
                .containsExactly(200, 200, 200, 200, 200, 429, 429, 429, 429, 429, 429, 429);
    }

    @Test
    void aRefusedRequestDoesNotCount() {
        start("rate_limit_per_ip = 1\nrate_limit_window_sec = 1");
        assertThat(gateway.ask(WORK).status()).isEqualTo(200);
        long start = System.nanoTime();
        Await.until("it is admitted again", () -> gateway.ask(WORK).status() == 200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1900));
    }

    @Test
    void countsItsRefusals() {
        start("rate_limit_per_ip = 1");
        gateway.ask(WORK);
        gateway.ask(WORK);
        gateway.ask(WORK);
        assertThat(gateway.metric("spillgate_rate_limit_hits_total")).isEqualTo(2);
    }

    private void start(String http) {
        gateway = TestGateway.start("[http]\n" + http + "\n" + ROUTE);
    }

    private int statusFrom(String source) {
        try (Wire wire = Wire.from(source, gateway.address())) {
            return wire.sendLines(WORK).answer().status();
        }
    }

    private static String forwarded(String headerLines) {
        return "GET /work HTTP/1.1\nHost: test\n"
                + headerLines.replace('#', '\n')
                + "\nConnection: close\n\n";
    }

    private static String preflight() {
        return """
        OPTIONS /work HTTP/1.1
        Host: test
        Origin: https://app.example.com
        Access-Control-Request-Method: GET

        """;
    }

    private static int retryAfter(Answer answer) {
        return Integer.parseInt(String.valueOf(answer.header("Retry-After")));
    }
}
