package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// `affinity` by a header or by the client's address: what has the same key goes to the same
/// address of the destination.
final class AffinityTest {
    private static final int KEYS = 60;
    private static final String TRUSTING = "http.trusted_proxies = [\"127.0.0.1\"]\n";

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void keepsWhatHasTheSameHeaderTogether(int count) {
        try (StickyGateway gateway = StickyGateway.start("header:Key", count, "")) {
            Map<String, Integer> first = gateway.keys(KEYS);
            for (int backend = 0; backend < count; backend++) {
                assertThat(shareOf(first, backend)).hasSizeBetween(KEYS / count / 3, KEYS * 5 / 6);
            }
            assertThat(gateway.keys(KEYS)).isEqualTo(first);
            gateway.restart();
            assertThat(gateway.keys(KEYS)).isEqualTo(first);
        }
    }

    @Test
    void goesWhereTheLeastIsToDoWithoutTheHeader() {
        try (StickyGateway gateway = StickyGateway.start("header:Key", 2, "")) {
            List<Integer> numbers =
                    IntStream.range(0, 10).mapToObj(_ -> gateway.ask("Key:", "Kez: 1")).toList();
            assertThat(numbers).filteredOn(number -> number == 0).hasSize(5);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void keepsWhatComesFromTheSameAddressTogether(int count) {
        try (StickyGateway gateway = StickyGateway.start("address", count, "")) {
            Map<Integer, Integer> first = new HashMap<>();
            for (int round = 0; round < 3; round++) {
                for (int client = 2; client < 32; client++) {
                    int number = askFrom(gateway, "127.0.0." + client);
                    assertThat(first.computeIfAbsent(client, _ -> number)).isEqualTo(number);
                }
            }
            assertThat(new HashSet<>(first.values())).hasSize(count);
        }
    }

    @Test
    void believesTheProxyThatTheRateLimitBelieves() {
        try (StickyGateway trusting = StickyGateway.start("address", 2, "", TRUSTING);
                StickyGateway other = StickyGateway.start("address", 2, "")) {
            Set<Integer> seen = new HashSet<>();
            for (int client = 0; client < 20; client++) {
                String line = "X-Forwarded-For: 192.0.2." + client;
                int number = trusting.ask(line);
                assertThat(trusting.ask(line)).isEqualTo(number);
                seen.add(number);
            }
            assertThat(seen).hasSize(2);
            int own = other.ask();
            for (int client = 0; client < 20; client++) {
                assertThat(other.ask("X-Forwarded-For: 192.0.2." + client)).isEqualTo(own);
            }
        }
    }

    /// A client has a whole /64 of IPv6, and changes its address within.
    @Test
    void takesANetworkOfIpv6ForOneClient() {
        try (StickyGateway gateway = StickyGateway.start("address", 3, "", TRUSTING)) {
            for (int network = 0; network < 10; network++) {
                String line = "X-Forwarded-For: 2001:db8:0:" + network + "::";
                int number = gateway.ask(line + "1");
                assertThat(List.of(gateway.ask(line + "2"), gateway.ask(line + "ffff")))
                        .containsOnly(number);
            }
        }
    }

    @Test
    void movesOnlyTheShareOfAnAddressThatIsLost() {
        String keys = "fail-timeout = \"300ms\"";
        try (StickyGateway gateway = StickyGateway.start("header:Key", 3, keys)) {
            Map<String, Integer> before = gateway.keys(KEYS);
            gateway.backend(2).stop();
            Map<String, Integer> without = gateway.keys(KEYS);
            assertThat(shareOf(without, 2)).isEmpty();
            assertThat(shareOf(without, 0)).containsAll(shareOf(before, 0));
            assertThat(shareOf(without, 1)).containsAll(shareOf(before, 1));
            Set<Integer> after = new HashSet<>();
            shareOf(before, 2).forEach(key -> after.add(without.get(key)));
            assertThat(after).containsExactlyInAnyOrder(0, 1);
            gateway.backend(2).accept();
            String one = shareOf(before, 2).iterator().next();
            Await.until("it is back", () -> gateway.ask(one) == 2);
            assertThat(gateway.keys(KEYS)).isEqualTo(before);
            assertThat(gateway.gateway().failures("connect_refused")).isZero();
        }
    }

    @Test
    void failsAsWithoutWhenNobodyIsWell() {
        try (StickyGateway gateway = StickyGateway.start("header:Key", 2, "")) {
            gateway.backends().forEach(backend -> backend.refuse());
            for (int i = 0; i < 5; i++) {
                assertThat(gateway.gateway().get("x", "Key: " + i).status()).isEqualTo(502);
            }
            assertThat(gateway.gateway().failures("connect_refused")).isPositive();
            gateway.backends().forEach(backend -> backend.accept());
            Await.until(
                    "they are found", () -> gateway.gateway().get("x", "Key: 1").status() == 200);
        }
    }

    @Test
    void leavesAnAddressThatAnswersFailures() {
        String keys = "max-request-timeout = \"200ms\"\nfail-timeout = \"1 hour\"";
        try (StickyGateway gateway = StickyGateway.start("header:Key", 2, keys)) {
            String key = gateway.keyOf(0);
            assertThat(gateway.hold("late", key).answer().status()).isEqualTo(504);
            assertThat(gateway.ask(key)).isEqualTo(1);
        }
    }

    private static int askFrom(StickyGateway gateway, String source) {
        try (Wire wire = Wire.from(source, gateway.gateway().gateway().address())) {
            wire.sendLines("GET /api/x HTTP/1.1\nHost: test\n\n");
            return StickyGateway.number(wire.answer());
        }
    }

    private static Set<String> shareOf(Map<String, Integer> keys, int backend) {
        Set<String> share = new HashSet<>();
        keys.forEach((key, number) -> {
            if (number == backend) {
                share.add(key);
            }
        });
        return share;
    }
}
