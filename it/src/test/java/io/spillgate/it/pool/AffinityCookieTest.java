package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `affinity = "cookie:NAME"`: a cookie of ours names an address, one of the application's is a
/// key.
final class AffinityCookieTest {
    private static final String COOKIE = "cookie:place";
    private static final String OURS =
            "place=(sg\\.[A-Za-z0-9_-]{16}); Path=/; HttpOnly; SameSite=Lax";

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void setsACookieThatLeadsToTheAddressThatAnswered(int count) {
        try (StickyGateway gateway = StickyGateway.start(COOKIE, count, "")) {
            Map<String, Integer> cookies = new HashMap<>();
            for (int i = 0; i < count; i++) {
                Answer first = gateway.gateway().get("x");
                cookies.put(cookie(first), StickyGateway.number(first));
            }
            assertThat(new HashSet<>(cookies.values())).hasSize(count);
            for (int i = 0; i < 20; i++) {
                cookies.forEach((cookie, number) -> {
                    Answer again = gateway.gateway().get("x", "Cookie: a=b; " + cookie + "; c=d");
                    assertThat(StickyGateway.number(again)).isEqualTo(number);
                    assertThat(again.values("Set-Cookie")).isEmpty();
                });
            }
        }
    }

    @Test
    void goesWhereTheLeastIsToDoWithoutACookie() {
        try (StickyGateway gateway = StickyGateway.start(COOKIE, 2, "")) {
            gateway.hold("1");
            Await.until("it is there", () -> gateway.asked(0) + gateway.asked(1) == 1);
            int busy = gateway.asked(0) == 1 ? 0 : 1;
            for (int i = 0; i < 5; i++) {
                assertThat(gateway.ask("Cookie: place=; other=1")).isEqualTo(1 - busy);
            }
        }
    }

    @Test
    void knowsItsCookiesAfterARestart() {
        try (StickyGateway gateway = StickyGateway.start(COOKIE, 3, "")) {
            Map<String, Integer> cookies = new HashMap<>();
            for (int i = 0; i < 3; i++) {
                Answer first = gateway.gateway().get("x");
                cookies.put(cookie(first), StickyGateway.number(first));
            }
            gateway.restart();
            cookies.forEach((cookie, number) -> {
                Answer again = gateway.gateway().get("x", "Cookie: " + cookie);
                assertThat(StickyGateway.number(again)).isEqualTo(number);
                assertThat(again.values("Set-Cookie")).isEmpty();
            });
        }
    }

    @Test
    void takesTheCookieOfTheApplicationForAKey() {
        try (StickyGateway gateway = StickyGateway.start(COOKIE, 3, "")) {
            Map<Integer, Integer> first = new HashMap<>();
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 30; i++) {
                    Answer answer = gateway.gateway().get("x", "Cookie: x=1; place=s%3A" + i);
                    int number = StickyGateway.number(answer);
                    assertThat(first.computeIfAbsent(i, _ -> number)).isEqualTo(number);
                    assertThat(answer.values("Set-Cookie")).isEmpty();
                }
            }
            assertThat(new HashSet<>(first.values())).hasSize(3);
        }
    }

    @Test
    void leavesItToABackendThatSetsACookieOfThatName() {
        Backend.Script setting =
                (request, reply) ->
                        reply.sendLines(
                                "HTTP/1.1 200 OK\nSet-Cookie: a=1\n"
                                        + (request.target().endsWith("own")
                                                ? "Set-Cookie: place=own; Path=/app\n"
                                                : "Set-Cookie: places=1\n")
                                        + "Content-Length: 0\n\n");
        try (Backend backend = Backend.start(setting);
                PoolGateway gateway =
                        new PoolGateway(StickyGateway.toml(COOKIE, List.of(backend), ""), "x")) {
            assertThat(gateway.get("own").values("Set-Cookie"))
                    .containsExactly("a=1", "place=own; Path=/app");
            List<String> set = gateway.get("else").values("Set-Cookie");
            assertThat(set).hasSize(3).startsWith("a=1", "places=1");
            assertThat(set.getLast()).matches(OURS);
        }
    }

    @Test
    void isSetAnewWhenItsAddressIsIllOrGone() {
        try (StickyGateway gateway = StickyGateway.start(COOKIE, 2, "fail-timeout = \"300ms\"")) {
            Answer first = gateway.gateway().get("x");
            int number = StickyGateway.number(first);
            String cookie = cookie(first);
            gateway.backend(number).stop();
            Answer other = gateway.gateway().get("x", "Cookie: " + cookie);
            assertThat(StickyGateway.number(other)).isEqualTo(1 - number);
            String next = cookie(other);
            assertThat(next).isNotEqualTo(cookie);
            gateway.backend(number).accept();
            Await.until("it is back", () -> gateway.ask("Cookie: " + cookie) == number);
            assertThat(gateway.ask("Cookie: " + next)).isEqualTo(1 - number);
        }
    }

    /// It is no key: else all who were at one address would go to the same other one.
    @Test
    void spreadsThoseWhoseAddressIsNotThereAnyMore() {
        try (StickyGateway gateway = StickyGateway.start(COOKIE, 2, "")) {
            Set<Integer> numbers = new HashSet<>();
            for (int i = 0; i < 4; i++) {
                Answer answer = gateway.gateway().get("x", "Cookie: place=sg.0123456789-_abcd");
                assertThat(cookie(answer)).isNotEmpty();
                numbers.add(StickyGateway.number(answer));
            }
            assertThat(numbers).hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "x-forwarded-for, X-Forwarded-Proto: https, true",
        "x-forwarded-for, X-Forwarded-Proto: http, false",
        "x-forwarded-for, Forwarded: proto=https, false",
        "forwarded, Forwarded: for=192.0.2.1;proto=https, true",
        "forwarded, X-Forwarded-Proto: https, false"
    })
    void isSecureWhereTheClientCameByHttps(String family, String line, boolean secure) {
        String head =
                "http.trusted_proxies = [\"127.0.0.1\"]\nhttp.forwarded_header = \""
                        + family
                        + "\"\n";
        try (StickyGateway gateway = StickyGateway.start(COOKIE, 2, "", head)) {
            assertThat(gateway.gateway().get("x", line).header("Set-Cookie"))
                    .matches(OURS + (secure ? "; Secure" : ""));
        }
    }

    @Test
    void isNotSecureOnTheWordOfAStranger() {
        try (StickyGateway gateway = StickyGateway.start(COOKIE, 2, "")) {
            assertThat(gateway.gateway().get("x", "X-Forwarded-Proto: https").header("Set-Cookie"))
                    .matches(OURS);
        }
    }

    @Test
    void comesWithTheAnswerToAnUpgradeAndNotWithARefusal() {
        Backend.Script upgrading =
                (request, reply) ->
                        reply.sendLines(
                                "HTTP/1.1 101 Switching Protocols\nConnection: upgrade\n"
                                        + "Upgrade: websocket\n\n");
        try (Backend backend = Backend.start(upgrading);
                PoolGateway gateway =
                        new PoolGateway(StickyGateway.toml(COOKIE, List.of(backend), ""), "x")) {
            Wire wire =
                    gateway.ask(
                            "x",
                            "Connection: upgrade",
                            "Upgrade: websocket",
                            "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==",
                            "Sec-WebSocket-Version: 13");
            assertThat(wire.head().header("Set-Cookie")).matches(OURS);
            wire.close();
            backend.stop();
            Answer refusal = gateway.get("x");
            assertThat(refusal.status()).isEqualTo(502);
            assertThat(refusal.values("Set-Cookie")).isEmpty();
        }
    }

    /// `place=…` of an answer that sets it.
    private static String cookie(Answer answer) {
        String set = answer.header("Set-Cookie");
        assertThat(set).matches(OURS);
        return String.valueOf(set).split(";", 2)[0];
    }
}
