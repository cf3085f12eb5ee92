package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What refusals can say beyond the usual, where that is turned on.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RefusalsTest {
    private static final String FULL = ".maxLimit = 1\n.queueSize = 0\n";
    private static final String SUBSCRIBE =
            "GET /events/t HTTP/1.1\nHost: test\nAccept: text/event-stream\n\n";
    private static final String SHED = "X-Spillgate-Shed";
    private static final Pattern RETRY = Pattern.compile("(?m)^retry: ?(\\d+)$");

    private static final Duration WINDOW = Duration.ofMillis(500);

    private Gate gate;

    @BeforeEach
    void start() {
        gate = Gate.start(FULL);
    }

    @AfterEach
    void stop() {
        gate.close();
    }

    private void restart(String settings) {
        gate.close();
        gate = Gate.start(settings);
    }

    @Test
    void sendSubscribersAwaySoftly() {
        restart(FULL + ".softRefusal = true\nhub.retry = \"4s\"");
        gate.run("x");
        Set<Integer> retries = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            Answer answer = gate.ask(SUBSCRIBE).answer();
            assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 200 OK");
            assertThat(answer.header("Content-Type")).startsWith("text/event-stream");
            assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
            assertThat(answer.body()).doesNotContain("data:").endsWith("\n\n");
            Matcher retry = RETRY.matcher(answer.body());
            assertThat(retry.find()).isTrue();
            retries.add(Integer.parseInt(retry.group(1)));
        }
        assertThat(retries).allSatisfy(millis -> assertThat(millis).isBetween(4000, 8000));
        assertThat(retries).hasSizeGreaterThan(20);
        assertThat(gate.stats().getInt("rejected.admission")).isEqualTo(40);
        assertThat(gate.shed("queue_full")).isEqualTo(40);
        assertThat(gate.stats().getInt("streams")).isZero();
    }

    @Test
    void neverTellAPostAtTheConnectionCapThatItWasServed() {
        restart("http.max_connections = 1\n.softRefusal = true");
        gate.connect().sendLines("GET /fixed HTTP/1.1\nHost: test\n\n").answer();
        String accept = "Accept: application/json, text/event-stream\n";
        String post = "POST /api/x HTTP/1.1\nHost: test\nContent-Length: 2\n" + accept;
        assertThat(gate.ask(post + "\n{}").answer().status()).isEqualTo(503);
        String get = "GET /api/x HTTP/1.1\nHost: test\n" + accept + "\n";
        assertThat(gate.ask(get).answer().status()).isEqualTo(200);
    }

    @Test
    void sendOnlyWhoSaysThatItIsASubscriberAwaySoftly() {
        restart(FULL + ".softRefusal = true");
        gate.run("x");
        Gate.expectBusy(gate.get("y").answer());
        Gate.expectBusy(gate.ask("GET /events/t HTTP/1.1\nHost: test\n\n").answer());
        Gate.expectBusy(
                gate.ask("POST /events/t HTTP/1.1\nHost: test\n" + Gate.TOKEN + "\n\n").answer());
    }

    @Test
    void sendSubscribersAboveTheCapOfConnectionsAwaySoftly() {
        restart(".softRefusal = true\nhttp.max_connections = 1");
        try (Wire held = gate.gateway().connect().sendLines(Gate.getLines("x"))) {
            gate.next();
            Answer soft = ask(SUBSCRIBE);
            assertThat(soft.status()).isEqualTo(200);
            assertThat(RETRY.matcher(soft.body()).find()).isTrue();
            assertThat(ask(Gate.getLines("y")).status()).isEqualTo(503);
            assertThat(held.trySend("")).isTrue();
        }
    }

    @Test
    void sayNothingOfTheirReasonUnlessTheyAreTold() {
        gate.run("x");
        assertThat(gate.get("y").answer().header(SHED)).isNull();
    }

    @Test
    void nameTheAdmission() {
        restart(".maxLimit = 1\n.queueSize = 1\n.queueTimeout = 300\n.shedHeader = true");
        gate.run("x");
        Wire waiting = gate.queue("y");
        assertThat(gate.get("z").answer().header(SHED)).isEqualTo("admission.queue_full");
        assertThat(waiting.answer().header(SHED)).isEqualTo("admission.queue_timeout");
        gate.reload(".enabled = false\nserver.maxConcurrentRequests = 1\n.shedHeader = true");
        assertThat(gate.get("z").answer().header(SHED)).isEqualTo("admission.cap");
    }

    @Test
    void nameTheRateLimit() {
        restart(".shedHeader = true\nhttp.rate_limit_per_ip = 1");
        gate.run("x");
        Answer answer = gate.get("y").answer();
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header(SHED)).isEqualTo("rate");
    }

    @Test
    void nameTheCapOfConnections() {
        restart(".shedHeader = true\nhttp.max_connections = 1");
        gate.run("x");
        Answer answer = ask(Gate.getLines("y"));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header(SHED)).isEqualTo("connections");
    }

    @Test
    void nameTheFullPool() {
        restart(
                """
                .shedHeader = true
                http-destinations.backend.backend-connections-per-ip-port = 1
                http-destinations.backend.queue-size-for-503 = 0
                """);
        gate.run("x");
        Answer answer = gate.get("y").answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header(SHED)).startsWith("pool.");
    }

    @Test
    void nameNothingWhereNothingIsOverloaded() {
        restart(".shedHeader = true");
        Gate.Running running = gate.run("x");
        running.visit().sendLines("HTTP/1.1 503 Not Mine\nContent-Length: 0\n\n").done();
        assertThat(running.wire().answer().header(SHED)).isNull();
        assertThat(gate.ask("GET /nowhere HTTP/1.1\nHost: test\n\n").answer().header(SHED))
                .isNull();
    }

    @Test
    void askForAsMuchTimeAsTheWorkTakes() {
        restart(FULL + ".measuredRetryAfter = true\n.sampleWindow = " + WINDOW.toMillis());
        Await.until("it is a while", () -> retryAfterOfMany() > 1);
        assertThat(retryAfterOfMany()).isLessThanOrEqualTo(60);
        gate.run("x").wire().expectSilence(WINDOW.multipliedBy(3));
        assertThat(retryAfter()).isEqualTo(1);
    }

    /// What one who is refused is told while many are refused and few are served.
    private int retryAfterOfMany() {
        Gate.Running running = gate.run("x");
        int last = 0;
        for (int i = 0; i < 50; i++) {
            last = retryAfter();
        }
        running.finish();
        gate.awaitInFlight(0);
        return last;
    }

    private int retryAfter() {
        String seconds = ask(Gate.getLines("y")).header("Retry-After");
        return Integer.parseInt(String.valueOf(seconds));
    }

    private Answer ask(String lines) {
        return gate.gateway().ask(lines);
    }
}
