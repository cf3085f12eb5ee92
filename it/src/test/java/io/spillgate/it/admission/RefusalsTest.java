package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How subscribers are refused where `softRefusal` is on.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RefusalsTest {
    private static final String FULL = ".maxLimit = 1\n.queueSize = 0\n";
    private static final String SUBSCRIBE =
            "GET /events/t HTTP/1.1\nHost: test\nAccept: text/event-stream\n\n";
    private static final Pattern RETRY = Pattern.compile("(?m)^retry: ?(\\d+)$");

    private AdmissionGateway gate;

    @BeforeEach
    void start() {
        gate = AdmissionGateway.start(FULL);
    }

    @AfterEach
    void stop() {
        gate.close();
    }

    private void restart(String settings) {
        gate.close();
        gate = AdmissionGateway.start(settings);
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
        AdmissionGateway.expectBusy(gate.get("y").answer());
        AdmissionGateway.expectBusy(gate.ask("GET /events/t HTTP/1.1\nHost: test\n\n").answer());
        AdmissionGateway.expectBusy(
                gate.ask("POST /events/t HTTP/1.1\nHost: test\n" + AdmissionGateway.TOKEN + "\n\n")
                        .answer());
    }

    @Test
    void sendSubscribersAboveTheCapOfConnectionsAwaySoftly() {
        restart(".softRefusal = true\nhttp.max_connections = 1");
        try (Wire held = gate.gateway().connect().sendLines(AdmissionGateway.getLines("x"))) {
            gate.next();
            Answer soft = ask(SUBSCRIBE);
            assertThat(soft.status()).isEqualTo(200);
            assertThat(RETRY.matcher(soft.body()).find()).isTrue();
            assertThat(ask(AdmissionGateway.getLines("y")).status()).isEqualTo(503);
            assertThat(held.trySend("")).isTrue();
        }
    }

    private Answer ask(String lines) {
        return gate.gateway().ask(lines);
    }
}
