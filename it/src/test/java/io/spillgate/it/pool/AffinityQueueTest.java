package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.BackendSilence;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Requests that have to go to one address wait for that one, in their order and within the limits,
/// and are in nobody's way.
final class AffinityQueueTest {
    private static final String HEADER = "header:Key";
    private static final String NARROW = "backend-connections-per-ip-port = 1\n";
    private static final String TWO_DEEP =
            NARROW
                    + """
                    in-flight-requests-per-backend-connection = 2
                    safe-pipeline-timeout = "1 min"
                    """;

    @Test
    void blocksNobodyWhoseAddressIsFree() {
        try (StickyGateway gateway =
                StickyGateway.start(HEADER, 2, NARROW + "queue-size-for-503 = 3")) {
            String full = gateway.keyOf(0);
            String free = gateway.keyOf(1);
            int before = gateway.asked(0);
            Wire first = gateway.hold("first", full);
            gateway.backend(0).awaitRequests(before + 1);
            List<Wire> waiting = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                waiting.add(gateway.hold(String.valueOf(i), full));
                gateway.gateway().awaitQueued(i);
            }
            for (int i = 0; i < 10; i++) {
                assertThat(gateway.ask(free)).isEqualTo(1);
                assertThat(gateway.ask()).isEqualTo(1);
            }
            assertThat(gateway.hold("beyond", full).answer().status()).isEqualTo(503);
            assertThat(gateway.gateway().failures("queue_full")).isEqualTo(1);
            assertThat(gateway.ask(free)).isEqualTo(1);
            assertThat(gateway.gateway().queued()).isEqualTo(3);
            assertThat(gateway.asked(0)).isEqualTo(before + 1);
            gateway.open();
            assertThat(StickyGateway.number(first.answer())).isZero();
            waiting.forEach(wire -> assertThat(StickyGateway.number(wire.answer())).isZero());
            assertThat(targets(gateway.backend(0), before + 1))
                    .containsExactly("/api/held/1", "/api/held/2", "/api/held/3");
            assertThat(gateway.backend(0).mostOpen()).isEqualTo(1);
        }
    }

    @Test
    void takesThemOutWhoLeaveAndThoseWhoWaitForTooLong() {
        try (StickyGateway gateway =
                StickyGateway.start(HEADER, 2, NARROW + "queue-timeout = \"400ms\"")) {
            String full = gateway.keyOf(0);
            int before = gateway.asked(0);
            gateway.hold("first", full);
            gateway.backend(0).awaitRequests(before + 1);
            gateway.hold("leaves", full).close();
            gateway.gateway().awaitQueued(0);
            assertThat(gateway.hold("waits", full).answer().status()).isEqualTo(503);
            assertThat(gateway.gateway().failures("queue_timeout")).isEqualTo(1);
            assertThat(gateway.asked(0)).isEqualTo(before + 1);
        }
    }

    /// Who takes any address and came first is not overtaken by those who wait for one.
    @Test
    void servesThoseWithoutAKeyInTheirTurn() {
        try (StickyGateway gateway = StickyGateway.start(HEADER, 2, NARROW)) {
            List<String> keys = List.of(gateway.keyOf(0), gateway.keyOf(1));
            List<Integer> before = List.of(gateway.asked(0), gateway.asked(1));
            for (int i = 0; i < 2; i++) {
                gateway.hold("first", keys.get(i));
                gateway.backend(i).awaitRequests(before.get(i) + 1);
            }
            Wire any = gateway.hold("any");
            gateway.gateway().awaitQueued(1);
            List<Wire> later = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                later.add(gateway.hold("later", keys.get(i % 2)));
                gateway.gateway().awaitQueued(2 + i);
            }
            gateway.open();
            int number = StickyGateway.number(any.answer());
            for (int i = 0; i < 6; i++) {
                assertThat(StickyGateway.number(later.get(i).answer())).isEqualTo(i % 2);
            }
            assertThat(targets(gateway.backend(number), before.get(number) + 1).getFirst())
                    .isEqualTo("/api/held/any");
        }
    }

    @Test
    void sharesOnlyTheConnectionsOfItsAddress() {
        try (StickyGateway gateway = StickyGateway.start(HEADER, 2, TWO_DEEP)) {
            String key = gateway.keyOf(0);
            String other = gateway.keyOf(1);
            int before = gateway.asked(0);
            int beforeOther = gateway.asked(1);
            List<Wire> all =
                    IntStream.range(0, 3).mapToObj(i -> gateway.hold("" + i, key)).toList();
            gateway.backend(0).awaitRequests(before + 2);
            gateway.gateway().awaitQueued(1);
            Wire shared = gateway.hold("other", other);
            gateway.backend(1).awaitRequests(beforeOther + 1);
            assertThat(gateway.gateway().queued()).isEqualTo(1);
            assertThat(gateway.asked(0)).isEqualTo(before + 2);
            gateway.open();
            all.forEach(wire -> assertThat(StickyGateway.number(wire.answer())).isZero());
            assertThat(StickyGateway.number(shared.answer())).isEqualTo(1);
            assertThat(gateway.backend(0).mostOpen()).isEqualTo(1);
        }
    }

    /// The pool's one connection is idle at the other address.
    @Test
    void closesAnIdleConnectionWhereOnlyThatMakesRoom() {
        try (StickyGateway gateway = StickyGateway.start(HEADER, 2, "max-connections = 1")) {
            List<String> keys = List.of(gateway.keyOf(0), gateway.keyOf(1));
            for (int i = 0; i < 10; i++) {
                assertThat(gateway.ask(keys.get(i % 2))).isEqualTo(i % 2);
            }
            assertThat(gateway.backends()).allMatch(backend -> backend.mostOpen() == 1);
        }
    }

    @Test
    void servesAllAddressesInTurnWithOneConnectionForAll() {
        try (StickyGateway gateway = StickyGateway.start(HEADER, 3, "max-connections = 1")) {
            List<String> keys = List.of(gateway.keyOf(0), gateway.keyOf(1), gateway.keyOf(2));
            int before = gateway.asked(0);
            Wire first = gateway.hold("first", keys.get(0));
            gateway.backend(0).awaitRequests(before + 1);
            List<Wire> waiting = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                waiting.add(gateway.hold("waits", keys.get(i % 3)));
                gateway.gateway().awaitQueued(i + 1);
            }
            gateway.open();
            assertThat(StickyGateway.number(first.answer())).isZero();
            for (int i = 0; i < 9; i++) {
                assertThat(StickyGateway.number(waiting.get(i).answer())).isEqualTo(i % 3);
            }
        }
    }

    @Test
    void repeatsAtItsAddressWhatMetAStaleConnection() {
        try (StickyGateway gateway = StickyGateway.start(HEADER, 2, "")) {
            String key = gateway.keyOf(0);
            for (int i = 0; i < 10; i++) {
                gateway.backend(0).hangUp();
                assertThat(gateway.ask(key)).isZero();
            }
            assertThat(gateway.gateway().failures("reset")).isZero();
        }
    }

    @Test
    void goesElsewhereWithAllWhoWaitWhenTheAddressIsLost() {
        try (StickyGateway gateway =
                StickyGateway.start(HEADER, 3, NARROW + "fail-timeout = \"1 hour\"")) {
            String key = gateway.keyOf(0);
            int before = gateway.asked(0);
            Wire first = gateway.hold("first", key);
            gateway.backend(0).awaitRequests(before + 1);
            List<Wire> waiting = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                waiting.add(gateway.gateway().ask("x", key));
                gateway.gateway().awaitQueued(i + 1);
            }
            gateway.backend(0).stop();
            gateway.open();
            int next = StickyGateway.number(first.answer());
            assertThat(next).isNotZero();
            assertThat(waiting).allMatch(wire -> StickyGateway.number(wire.answer()) == next);
        }
    }

    @Test
    void comesBackToItsAddressWhileItWaitsForAnotherOne() {
        try (StickyGateway gateway =
                StickyGateway.start(HEADER, 2, NARROW + "fail-timeout = \"100ms\"")) {
            String key = gateway.keyOf(0);
            String other = gateway.keyOf(1);
            gateway.backend(0).stop();
            assertThat(gateway.ask(key)).isEqualTo(1);
            int before = gateway.asked(1);
            Wire held = gateway.hold("first", other);
            gateway.backend(1).awaitRequests(before + 1);
            Wire waits = gateway.gateway().ask("x", key);
            gateway.gateway().awaitQueued(1);
            gateway.backend(0).accept();
            assertThat(StickyGateway.number(waits.answer())).isZero();
            gateway.open();
            assertThat(StickyGateway.number(held.answer())).isEqualTo(1);
        }
    }

    @Test
    void isServedByAPoolThatWasReplacedMeanwhile() {
        try (StickyGateway gateway =
                StickyGateway.start(HEADER, 2, NARROW + "keep-alive-timeout = \"1 hour\"")) {
            String key = gateway.keyOf(0);
            gateway.keyOf(1);
            int before = gateway.asked(0);
            List<Wire> all = new ArrayList<>(List.of(gateway.hold("first", key)));
            gateway.backend(0).awaitRequests(before + 1);
            for (int i = 0; i < 3; i++) {
                all.add(gateway.hold("waits", key));
                gateway.gateway().awaitQueued(i + 1);
            }
            gateway.reload(NARROW + "keep-alive-timeout = \"2 hours\"");
            gateway.open();
            all.forEach(wire -> assertThat(StickyGateway.number(wire.answer())).isZero());
            gateway.backends().forEach(backend -> backend.awaitOpen(0));
        }
    }

    /// Not 250 ms, after which others would have asked the next one.
    @Test
    void dialsOnlyItsAddressUntilThatHasFailed() {
        try (Backend live = Backend.saying("1");
                BackendSilence silence = BackendSilence.start()) {
            String toml =
                    PoolGateway.destination(
                                    "x",
                                    List.of(live.address(), silence.address()),
                                    "connecting-timeout = \"900ms\"\nfail-timeout = \"1 hour\"")
                            .replace("proxy = \"x\"", "proxy = \"x\"\naffinity = \"header:Key\"");
            try (PoolGateway gateway = new PoolGateway(toml, "x")) {
                Duration slowest = Duration.ZERO;
                for (int i = 0; i < 40; i++) {
                    long start = System.nanoTime();
                    assertThat(gateway.get("x", "Key: " + i).status()).isEqualTo(200);
                    Duration took = Duration.ofNanos(System.nanoTime() - start);
                    slowest = took.compareTo(slowest) > 0 ? took : slowest;
                }
                assertThat(slowest).isGreaterThan(Duration.ofMillis(850));
                assertThat(gateway.failures("connect_timeout")).isZero();
            }
        }
    }

    /// An address that is gone from the DNS is not waited for.
    @Test
    void goesElsewhereWithAllWhoWaitWhenTheAddressIsGone() {
        try (Names names = new Names();
                HeldReplies held = new HeldReplies();
                Backend other =
                        Backend.start(
                                new InetSocketAddress("127.0.0.2", held.backend().port()),
                                Backend.Reading.WHOLE,
                                (_, reply) -> reply.ok("other"))) {
            names.ttl(1).host("two.test", "127.0.0.1", "127.0.0.2");
            String toml =
                    PoolGateway.destination(
                                    "x",
                                    List.of("two.test:" + other.port()),
                                    NARROW + "[http-destinations.x.client]\n" + names.key())
                            .replace("proxy = \"x\"", "proxy = \"x\"\naffinity = \"header:Key\"");
            try (PoolGateway gateway = new PoolGateway(toml, "x")) {
                String key = keyOfHeld(gateway);
                int before = held.backend().requests().size();
                gateway.ask("first", key);
                held.backend().awaitRequests(before + 1);
                Wire waits = gateway.ask("waits", key);
                gateway.awaitQueued(1);
                names.host("two.test", "127.0.0.2");
                Answer answer = waits.answer();
                assertThat(answer.body()).isEqualTo("other");
            }
        }
    }

    private static String keyOfHeld(PoolGateway gateway) {
        for (int i = 0; i < 1000; i++) {
            String line = "Key: " + i;
            if (gateway.get("free", line).body().equals("/api/free")) {
                return line;
            }
        }
        throw new AssertionError("no key goes to 127.0.0.1");
    }

    private static List<String> targets(Backend backend, int from) {
        List<BackendRequest> all = backend.requests();
        return all.subList(from, all.size()).stream().map(BackendRequest::target).toList();
    }
}
