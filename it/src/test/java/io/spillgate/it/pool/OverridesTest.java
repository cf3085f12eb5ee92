package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/// Which of the settings for all hosts, for pools, and for some hosts holds for a host. Which one
/// did shows in the User-Agent.
final class OverridesTest {
    private static final String OVERRIDES =
            """
            [host-connection-pool]
            client.user-agent-header = "pool"
            [[host-connection-pool.per-host-override]]
            host-pattern = "pekko.apache.test"
            client.user-agent-header = "name"
            [[host-connection-pool.per-host-override]]
            host-pattern = "*.apache.test"
            client.user-agent-header = "below"
            [[host-connection-pool.per-host-override]]
            host-pattern = "glob:q?.example.test"
            client.user-agent-header = "glob"
            [[host-connection-pool.per-host-override]]
            host-pattern = 'regex:.*\\.wild\\.test'
            client.user-agent-header = "regex"
            [[host-connection-pool.per-host-override]]
            host-pattern = 'regex:[a-z]+[0-9]\\.test'
            client.user-agent-header = "digits"
            [[host-connection-pool.per-host-override]]
            host-pattern = "::1"
            client.user-agent-header = "v6"
            [[host-connection-pool.per-host-override]]
            host-pattern = "Mixed.test"
            client.user-agent-header = "mixed"
            """;

    private final Names names = new Names();

    @AfterEach
    void stop() {
        names.close();
    }

    @ParameterizedTest
    @CsvSource({
        "pekko.apache.test, name",
        "PEKKO.Apache.test, name",
        "repo.apache.test, below",
        "deep.repo.apache.test, below",
        "apache.test, below",
        "myapache.test, pool",
        "apache.test.other.test, pool",
        "qa.example.test, glob",
        "q.example.test, pool",
        "qab.example.test, pool",
        "x.wild.test, regex",
        "wild.test, regex",
        "notwild.test, pool",
        "abc1.test, digits",
        "abc1.test.test, pool",
        "x-abc1.test, pool",
        "mixed.test, mixed"
    })
    void holdForTheHostsOfTheFirstPatternThatMatchesWhole(String host, String expected) {
        assertThat(agentOf(host, OVERRIDES)).isEqualTo(expected);
    }

    @Test
    void holdForAnIpAddressWithoutBrackets() {
        InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("::1"), 0);
        try (Backend backend =
                        Backend.start(
                                address, Backend.Reading.WHOLE, (request, reply) -> reply.ok(""));
                PoolGateway gateway =
                        PoolGateway.host("http://[::1]:" + backend.port(), OVERRIDES)) {
            assertThat(gateway.get("1").status()).isEqualTo(200);
            assertThat(backend.await(1).header("User-Agent")).isEqualTo("v6");
        }
    }

    @Test
    void letThePoolsClientGoBeforeTheClientOfAll() {
        String pool = "[host-connection-pool]\nclient.user-agent-header = \"pool\"";
        assertThat(agentOf("any.test", "user-agent-header = \"all\"\n" + pool)).isEqualTo("pool");
        assertThat(agentOf("any.test", "user-agent-header = \"all\"\n")).isEqualTo("all");
    }

    @Test
    void takeFromThePoolWhatTheyDoNotSay() {
        String tables =
                """
                user-agent-header = "all"
                [host-connection-pool]
                client.user-agent-header = "pool"
                [[host-connection-pool.per-host-override]]
                host-pattern = "*"
                max-connections = 1
                """;
        assertThat(agentOf("any.test", tables)).isEqualTo("pool");
    }

    @Test
    void setTheKeysOfThePoolToo() {
        CountDownLatch gate = new CountDownLatch(1);
        Backend.Script gated =
                (request, reply) -> {
                    gate.await();
                    reply.ok("");
                };
        String tables =
                """
                [host-connection-pool]
                max-connections = 3
                max-open-requests = 2
                [[host-connection-pool.per-host-override]]
                host-pattern = "127.0.*"
                max-connections = 1
                """;
        try (Backend backend = Backend.start(gated);
                PoolGateway gateway = PoolGateway.host("http://" + backend.address(), tables)) {
            List<Wire> two = IntStream.range(0, 2).mapToObj(i -> gateway.ask("" + i)).toList();
            backend.awaitRequests(1);
            gateway.awaitQueued(1);
            assertThat(gateway.get("beyond").status()).isEqualTo(503);
            assertThat(backend.total()).isEqualTo(1);
            gate.countDown();
            two.forEach(wire -> assertThat(wire.answer().status()).isEqualTo(200));
        }
    }

    @Test
    void areNotForNamedDestinations() {
        String keys =
                """
                [client]
                user-agent-header = "all"
                [[host-connection-pool.per-host-override]]
                host-pattern = "*"
                client.user-agent-header = "override"
                """;
        try (Backend backend = Backend.saying("fine");
                PoolGateway gateway = PoolGateway.to(backend, keys)) {
            assertThat(gateway.get("1").status()).isEqualTo(200);
            assertThat(backend.await(1).header("User-Agent")).isEqualTo("all");
        }
    }

    /// The User-Agent that a host gets.
    ///
    /// @param keys of `[client]`, and other tables
    private String agentOf(String host, String keys) {
        names.host(host.toLowerCase(Locale.ROOT), "127.0.0.1");
        String tables = "[client]\n" + names.key() + "\n" + keys;
        try (Backend backend = Backend.saying("fine");
                PoolGateway gateway =
                        PoolGateway.host("http://" + host + ":" + backend.port(), tables)) {
            assertThat(gateway.get("1").status()).isEqualTo(200);
            return String.valueOf(backend.await(1).header("User-Agent"));
        }
    }
}
