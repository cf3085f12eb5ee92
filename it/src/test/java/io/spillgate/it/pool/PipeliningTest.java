package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Several requests at once on one connection: only where it was told, and only such that lose
/// nothing by it.
final class PipeliningTest {
    private static final String TWO_ON_ONE =
            """
            backend-connections-per-ip-port = 1
            in-flight-requests-per-backend-connection = 2
            safe-pipeline-timeout = "1 min"
            """;

    private final CountDownLatch gate = new CountDownLatch(1);
    private final Backend backend =
            Backend.start((request, reply) -> {
                gate.await();
                reply.ok(request.target());
            });

    @AfterEach
    void stop() {
        gate.countDown();
        backend.close();
    }

    @Test
    void putsAsManyRequestsOnAConnectionAsItWasTold() {
        try (PoolGateway gateway = PoolGateway.to(backend, TWO_ON_ONE)) {
            List<Wire> all = List.of(gateway.ask("1"), gateway.ask("2"), gateway.ask("3"));
            backend.awaitRequests(2);
            gateway.awaitQueued(1);
            assertThat(backend.requests()).hasSize(2);
            assertThat(backend.total()).isEqualTo(1);
            gate.countDown();
            for (int i = 0; i < 3; i++) {
                assertThat(all.get(i).answer().body()).isEqualTo("/api/" + (i + 1));
            }
        }
    }

    @Test
    void doesNotPipelineIfNotTold() {
        try (PoolGateway gateway = PoolGateway.to(backend, "backend-connections-per-ip-port = 1")) {
            gateway.ask("1");
            backend.awaitRequests(1);
            gateway.ask("2");
            gateway.awaitQueued(1);
            assertThat(backend.requests()).hasSize(1);
        }
    }

    @Test
    void opensAllConnectionsBeforeItPipelines() {
        String keys = TWO_ON_ONE.replace("port = 1", "port = 2");
        try (PoolGateway gateway = PoolGateway.to(backend, keys)) {
            gateway.ask("1");
            backend.awaitRequests(1);
            gateway.ask("2");
            backend.awaitRequests(2);
            assertThat(backend.requests())
                    .extracting(BackendRequest::connection)
                    .containsExactly(1, 2);
            assertThat(backend.total()).isEqualTo(2);
            gateway.ask("3");
            gateway.ask("4");
            backend.awaitRequests(4);
            assertThat(backend.total()).isEqualTo(2);
            assertThat(backend.requests())
                    .filteredOn(request -> request.connection() == 1)
                    .hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "PATCH"})
    void doesNotPipelineARequestWithABody(String method) {
        try (PoolGateway gateway = PoolGateway.to(backend, TWO_ON_ONE)) {
            gateway.ask("1");
            backend.awaitRequests(1);
            Wire with = gateway.send(method, "2", "body", "Content-Length: 4");
            gateway.awaitQueued(1);
            assertThat(backend.requests()).hasSize(1);
            gate.countDown();
            assertThat(with.answer().body()).isEqualTo("/api/2");
        }
    }

    @Test
    void doesNotPipelineARequestThatIsNotIdempotent() {
        try (PoolGateway gateway = PoolGateway.to(backend, TWO_ON_ONE)) {
            gateway.ask("1");
            backend.awaitRequests(1);
            gateway.send("POST", "2", "");
            gateway.awaitQueued(1);
            assertThat(backend.requests()).hasSize(1);
        }
    }

    @Test
    void putsNothingBehindARequestThatIsNotIdempotent() {
        try (PoolGateway gateway = PoolGateway.to(backend, TWO_ON_ONE)) {
            gateway.post("1", "body");
            backend.awaitRequests(1);
            gateway.ask("2");
            gateway.awaitQueued(1);
            assertThat(backend.requests()).hasSize(1);
        }
    }

    @Test
    void pipelinesDeleteAndHead() {
        String three = TWO_ON_ONE.replace("connection = 2", "connection = 3");
        try (PoolGateway gateway = PoolGateway.to(backend, three)) {
            gateway.ask("1");
            backend.awaitRequests(1);
            gateway.send("DELETE", "2", "");
            backend.awaitRequests(2);
            gateway.send("OPTIONS", "3", "");
            backend.awaitRequests(3);
            assertThat(backend.total()).isEqualTo(1);
        }
    }

    @Test
    void putsNothingOnAConnectionWhoseOldestRequestIsOlderThanSafe() {
        String keys = TWO_ON_ONE.replace("1 min", "100ms");
        try (PoolGateway gateway = PoolGateway.to(backend, keys)) {
            gateway.ask("1");
            backend.awaitRequests(1);
            long seen = System.nanoTime();
            Await.until(
                    "it is old",
                    () -> System.nanoTime() - seen > TimeUnit.MILLISECONDS.toNanos(150));
            gateway.ask("2");
            gateway.awaitQueued(1);
            assertThat(backend.requests()).hasSize(1);
        }
    }

    /// What was sent behind a request that broke its connection is sent again; nobody fails but who
    /// may not be repeated.
    @Test
    void sendsAgainWhatStoodBehindAnAnswerThatEndedTheConnection() {
        Backend.Script closing =
                (request, reply) -> {
                    gate.await();
                    reply.sendLines("HTTP/1.1 200 OK\nConnection: close\nContent-Length: 1\n\n1");
                    reply.close();
                };
        try (Backend closer = Backend.start(closing);
                PoolGateway gateway = PoolGateway.to(closer, TWO_ON_ONE)) {
            List<Wire> both = List.of(gateway.ask("1"), gateway.ask("2"));
            closer.awaitRequests(2);
            gate.countDown();
            both.forEach(wire -> assertThat(wire.answer().status()).isEqualTo(200));
            assertThat(closer.total()).isEqualTo(2);
            assertThat(closer.requests()).hasSize(3);
        }
    }
}
