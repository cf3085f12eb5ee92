package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/// A destination's names: each address of each takes part on its own, as long as the DNS says so.
final class AddressesTest {
    private final Names names = new Names();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final Backend.Script gated =
            (request, reply) -> {
                gate.await();
                reply.ok("fine");
            };

    @AfterEach
    void stop() {
        gate.countDown();
        names.close();
    }

    @Test
    void takePartEachOnItsOwn() {
        names.host("two.test", "127.0.0.1", "127.0.0.2");
        try (Backend one = Backend.start(gated);
                Backend two = other(one, gated);
                PoolGateway gateway =
                        PoolGateway.to(
                                List.of("two.test:" + one.port()),
                                resolved("backend-connections-per-ip-port = 2"))) {
            List<Wire> all = IntStream.range(0, 5).mapToObj(i -> gateway.ask("" + i)).toList();
            one.awaitRequests(2);
            two.awaitRequests(2);
            gateway.awaitQueued(1);
            assertThat(one.total() + two.total()).isEqualTo(4);
            gate.countDown();
            all.forEach(wire -> assertThat(wire.answer().status()).isEqualTo(200));
        }
    }

    @Test
    void areAskedForAgainWhenTheAnswerIsTooOld() {
        names.ttl(1).host("moves.test", "127.0.0.1");
        gate.countDown();
        try (Backend old = Backend.start(gated);
                Backend next = other(old, gated);
                PoolGateway gateway =
                        PoolGateway.to(
                                List.of("moves.test:" + old.port()),
                                resolved("keep-alive-timeout = \"1 hour\""))) {
            assertThat(gateway.get("1").status()).isEqualTo(200);
            names.host("moves.test", "127.0.0.2");
            old.awaitOpen(0);
            assertThat(gateway.get("2").status()).isEqualTo(200);
            assertThat(old.requests()).hasSize(1);
            assertThat(next.requests()).hasSize(1);
        }
    }

    @Test
    void getNoFurtherRequestOnceTheyAreGone() {
        names.ttl(1).host("moves.test", "127.0.0.1");
        gate.countDown();
        try (Backend old = Backend.start(gated);
                Backend next = other(old, gated);
                PoolGateway gateway =
                        PoolGateway.to(
                                List.of("moves.test:" + old.port()),
                                resolved("keep-alive-timeout = \"1 hour\""))) {
            assertThat(gateway.get("1").status()).isEqualTo(200);
            names.host("moves.test", "127.0.0.2");
            Await.until(
                    "the new address is known",
                    () ->
                            gateway.stats().getFirst().getConfigList("addresses").stream()
                                    .allMatch(one ->
                                            one.getString("address").startsWith("127.0.0.2")));
            assertThat(gateway.get("2").status()).isEqualTo(200);
            assertThat(old.requests()).hasSize(1);
            assertThat(next.requests()).hasSize(1);
        }
    }

    @Test
    void stayWhenTheNameStopsToResolve() {
        names.ttl(1).host("gone.test", "127.0.0.1");
        gate.countDown();
        try (Backend backend = Backend.start(gated);
                PoolGateway gateway =
                        PoolGateway.to(List.of("gone.test:" + backend.port()), resolved(""))) {
            assertThat(gateway.get("1").status()).isEqualTo(200);
            names.forget("gone.test");
            long before = names.asked("gone.test");
            Await.until("it was asked for again", () -> names.asked("gone.test") >= before + 2);
            assertThat(gateway.get("2").status()).isEqualTo(200);
        }
    }

    @Test
    void comeFromServiceRecords() {
        names.host("a.test", "127.0.0.1").host("b.test", "127.0.0.2");
        try (Backend a = Backend.start(gated);
                Backend b = other(a, gated)) {
            names.service("_http._tcp.web.test", "a.test:" + a.port(), "b.test:" + b.port());
            try (PoolGateway gateway =
                    PoolGateway.to(List.of("srv:_http._tcp.web.test"), resolved(""))) {
                List<Wire> both = List.of(gateway.ask("1"), gateway.ask("2"));
                a.awaitRequests(1);
                b.awaitRequests(1);
                gate.countDown();
                both.forEach(wire -> assertThat(wire.answer().status()).isEqualTo(200));
            }
        }
    }

    @Test
    void areTriedOneAfterTheOtherInAHostPoolToo() {
        names.host("half.test", "127.0.0.1", "127.0.0.2");
        gate.countDown();
        try (Backend dead = Backend.start(gated);
                Backend live = other(dead, gated)) {
            dead.refuse();
            try (PoolGateway gateway =
                    PoolGateway.host(
                            "http://half.test:" + live.port(),
                            "[client]\n"
                                    + names.key()
                                    + "\n[host-connection-pool]\n"
                                    + "keep-alive-timeout = \"1ms\"")) {
                for (int i = 1; i <= 5; i++) {
                    assertThat(gateway.get("1").status()).isEqualTo(200);
                    live.awaitOpen(0);
                }
            }
        }
    }

    @Test
    void areMissedAtOnceWhenThereAreNone() {
        try (PoolGateway gateway = PoolGateway.to(List.of("nowhere.test:80"), resolved(""))) {
            assertThat(gateway.get("1").statusLine()).isEqualTo("HTTP/1.1 502 Bad Gateway");
            assertThat(gateway.failures("resolve")).isEqualTo(1);
        }
    }

    @Test
    void comeLateWithoutARestart() {
        gate.countDown();
        try (Backend backend = Backend.start(gated);
                PoolGateway gateway =
                        PoolGateway.to(List.of("late.test:" + backend.port()), resolved(""))) {
            assertThat(gateway.get("1").status()).isEqualTo(502);
            names.host("late.test", "127.0.0.1");
            Await.until("the name is known", () -> gateway.get("2").status() == 200);
        }
    }

    @Test
    void areAskedOfTheServerThatAllClientsUse() {
        names.host("common.test", "127.0.0.1");
        gate.countDown();
        try (Backend backend = Backend.start(gated);
                PoolGateway gateway =
                        PoolGateway.host(
                                "http://common.test:" + backend.port(),
                                "[client]\n" + names.key())) {
            assertThat(gateway.get("1").status()).isEqualTo(200);
            assertThat(names.asked("common.test")).isPositive();
        }
    }

    private String resolved(String keys) {
        return "client." + names.key() + "\n" + keys;
    }

    /// A backend on the same port of another address of this machine.
    private static Backend other(Backend one, Backend.Script script) {
        InetSocketAddress address =
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), one.port());
        return Backend.start(address, Backend.Reading.WHOLE, script);
    }
}
