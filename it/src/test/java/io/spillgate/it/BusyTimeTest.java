package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;

/// What the one event loop of a gateway says that it was busy with.
final class BusyTimeTest {
    private static final int EVENTS = 200;
    private static final int REQUESTS = 300;

    @Test
    void aBurstOfEventsIsFanOutAndNoProxying() {
        try (TestGateway gateway = TestGateway.start("http.thread_pool_size = 1");
                Publisher publisher = gateway.publisher();
                Crowd crowd = Crowd.of(gateway, "/events/t", 50)) {
            double before = seconds(gateway, "fan_out");
            for (int i = 0; i < EVENTS; i++) {
                publisher.publish("t", String.valueOf(i));
            }
            crowd.expectNumbersUpTo(EVENTS);

            double fanOut = seconds(gateway, "fan_out") - before;
            assertThat(fanOut).isGreaterThan(seconds(gateway, "timers"));
            assertThat(fanOut).isGreaterThan(EVENTS * 20e-6);
            assertThat(seconds(gateway, "proxy")).isZero();
        }
    }

    @Test
    void forwardedRequestsAreProxying() {
        try (Backend backend = Backend.saying("hello");
                TestGateway gateway = TestGateway.start(forwardingTo(backend));
                Wire client = gateway.connect()) {
            double before = seconds(gateway, "proxy");
            double fanOutBefore = seconds(gateway, "fan_out");
            for (int i = 0; i < REQUESTS; i++) {
                client.sendLines("GET /" + i + " HTTP/1.1\nHost: test\n\n");
                assertThat(client.answer().body()).isEqualTo("hello");
            }

            double proxy = seconds(gateway, "proxy") - before;
            assertThat(proxy).isGreaterThan(REQUESTS * 10e-6);
            assertThat(proxy).isGreaterThan(seconds(gateway, "fan_out") - fanOutBefore);
        }
    }

    @Test
    void healthChecksAreReceiving() {
        try (TestGateway gateway = TestGateway.start("http.thread_pool_size = 1");
                Wire client = gateway.connect()) {
            double before = seconds(gateway, "receive");
            for (int i = 0; i < REQUESTS; i++) {
                client.sendLines("GET /health HTTP/1.1\nHost: test\n\n");
                assertThat(client.answer().status()).isEqualTo(200);
            }

            assertThat(seconds(gateway, "receive") - before).isGreaterThan(REQUESTS * 5e-6);
            assertThat(seconds(gateway, "accept")).isPositive();
            assertThat(seconds(gateway, "proxy")).isZero();
        }
    }

    private static String forwardingTo(Backend backend) {
        return """
        http.thread_pool_size = 1
        http-destinations.backend.addresses = ["%s"]
        [[routes]]
        path = "/*"
        proxy = "backend"
        """
                .formatted(backend.address());
    }

    private static double seconds(TestGateway gateway, String work) {
        return gateway.metric(
                "spillgate_event_loop_busy_seconds_total{loop=\"1\",work=\"" + work + "\"}");
    }
}
