package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.EventStream.Block;
import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Subscribers that take much and give nothing, and what others notice of them.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HostileSubscribersTest {
    private static final Pattern DROPPED = Pattern.compile("\"dropped\":([0-9]+)");
    private static final int TOPICS = 20;
    private static final int ROUNDS = 15;
    private static final String LARGE = " " + "x".repeat(270_000);

    /// One client of twenty topics reads nothing, while four times the memory is published.
    @ParameterizedTest
    @ValueSource(strings = {"drop_newest", "drop_oldest"})
    void doNotStopPublishingWhenTheyStall(String policy) {
        String settings =
                "hub.memory = \"20MiB\"\nhub.history_size = 0\nhttp.backpressure_policy = \""
                        + policy
                        + '"';
        try (TestGateway gateway = TestGateway.start(settings);
                Wire narrow = Wire.narrow(4096, gateway.address());
                Publisher publisher = gateway.publisher();
                EventStream good = gateway.subscribe("/events/t0")) {
            EventStream stalled = EventStream.open(narrow, "/events?" + topics(0, TOPICS));
            for (int round = 0; round < ROUNDS; round++) {
                for (int topic = 0; topic < TOPICS; topic++) {
                    publisher.publish("t" + topic, round + LARGE);
                }
                assertThat(good.event().data()).startsWith(round + " ");
            }
            assertThat(gateway.metric("spillgate_hub_memory_bytes")).isLessThan(20 << 20);
            publisher.publish("t0", "end");
            int told = 0;
            int got = 0;
            for (Block event = stalled.event();
                    !"end".equals(event.data());
                    event = stalled.event()) {
                told += "stream-gap".equals(event.field("event")) ? dropped(event) : 0;
                got += "stream-gap".equals(event.field("event")) ? 0 : 1;
            }
            assertThat(told).isPositive();
            assertThat(got + told).isEqualTo(ROUNDS * TOPICS);
            String sample = "spillgate_messages_dropped_total{policy=\"" + policy + "\"}";
            assertThat(gateway.metric(sample)).isEqualTo(told);
        }
    }

    @Test
    void stopOnlyTheTopicThatBlocksForThem() {
        String settings =
                """
                hub.memory = "8MiB"
                hub.history_size = 0
                hub.block_timeout = "200ms"
                [[hub.topics]]
                match = "b*"
                backpressure_policy = "block"
                """;
        try (TestGateway gateway = TestGateway.start(settings);
                Wire narrow = Wire.narrow(4096, gateway.address());
                Publisher publisher = gateway.publisher();
                EventStream good = gateway.subscribe("/events/free")) {
            EventStream.open(narrow, "/events?topic=b1&topic=b2");
            Answer answer = publisher.post("b1", "text/plain", LARGE);
            for (int i = 0; i < 100 && answer.status() == 200; i++) {
                answer = publisher.post("b" + (i % 2 + 1), "text/plain", LARGE);
            }
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat(answer.text()).contains("hub.memory");
            for (int i = 0; i < 50; i++) {
                publisher.publish("free", i + LARGE);
                assertThat(good.event().data()).startsWith(i + " ");
            }
            narrow.reset();
            gateway.awaitMetric("spillgate_hub_memory_bytes", 0);
            publisher.publish("b1", "goes on");
        }
    }

    @Test
    void areCutInTheMiddleOfAnEventWhenSuchEventsFillTheMemory() {
        String settings =
                """
                hub.memory = "24MiB"
                hub.history_size = 0
                hub.stall_timeout = "200ms"
                http.max_body_size = "8MiB"
                """;
        String data = "x".repeat(7 << 20);
        List<Wire> stalled = new ArrayList<>();
        try (TestGateway gateway = TestGateway.start(settings);
                Publisher publisher = gateway.publisher()) {
            for (int i = 0; i < 10; i++) {
                Wire wire = Wire.narrow(4096, gateway.address());
                stalled.add(wire);
                EventStream.open(wire, "/events/t" + i);
                publisher.publish("t" + i, data);
            }
            assertThat(gateway.metric("spillgate_sse_disconnects_total{reason=\"memory\"}"))
                    .isGreaterThanOrEqualTo(7);
            assertThat(gateway.metric("spillgate_hub_memory_bytes")).isLessThan(24 << 20);
        } finally {
            stalled.forEach(Wire::close);
        }
    }

    @Test
    void watchOnlySoManyTopics() {
        try (TestGateway gateway = TestGateway.start("hub.max_watched_topics = 150")) {
            EventStream first = gateway.subscribe("/events?" + topics(0, 100));
            assertThat(gateway.metric("spillgate_topics_watched")).isEqualTo(100);
            Answer refused =
                    gateway.ask(
                            "GET /events?"
                                    + topics(50, 100)
                                    + " HTTP/1.1\nHost: test\nConnection: close\n\n");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            assertThat(refused.text()).contains("150").contains("hub.max_watched_topics");
            try (EventStream second = gateway.subscribe("/events?" + topics(50, 50))) {
                gateway.publish("t60", "to both");
                assertThat(first.event().data()).isEqualTo("to both");
                assertThat(second.event().data()).isEqualTo("to both");
            }
            first.close();
            gateway.awaitMetric("spillgate_topics_watched", 0);
            gateway.subscribe("/events?" + topics(0, 100)).close();
        }
    }

    /// One place, and a subscriber that reads nothing of its replay but sends bytes.
    @Test
    void giveAReplaysPlaceBackWhenTheyReadNothing() throws Exception {
        String settings =
                """
                server.backpressure.maxLimit = 1
                server.backpressure.queueTimeout = 60000
                hub.stall_timeout = "500ms"
                hub.history_bytes = "64MiB"
                hub.memory = "200MiB"
                """;
        try (TestGateway gateway = TestGateway.start(settings);
                Publisher publisher = gateway.publisher();
                Wire narrow = Wire.narrow(4096, gateway.address())) {
            for (int i = 0; i < 100; i++) {
                publisher.publish("t", LARGE);
            }
            narrow.sendLines("GET /events/t HTTP/1.1\nHost: test\nLast-Event-ID: earliest\n\n");
            gateway.awaitMetric("spillgate_admission_in_flight", 1);
            try (EventStream next = gateway.subscribe("/events/u")) {
                narrow.send("x");
                assertThat(next.head().status()).isEqualTo(200);
            }
            EventStream stream = EventStream.over(narrow, narrow.head());
            stream.expectOpening();
            for (int i = 0; i < 100; i++) {
                assertThat(stream.event().data()).isEqualTo(LARGE);
            }
        }
    }

    @Test
    void doNotLiveOfTheBytesThatTheySend() {
        String settings = "http.connection_timeout_sec = 1\nhttp.keepalive_interval_sec = 0";
        try (TestGateway gateway = TestGateway.start(settings);
                EventStream stream = gateway.subscribe("/events/t")) {
            long begun = System.nanoTime();
            while (gateway.metric("spillgate_sse_active_connections") > 0) {
                stream.wire().trySend("x");
                assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(10));
            }
            assertThat(gateway.metric("spillgate_sse_disconnects_total{reason=\"timeout\"}"))
                    .isEqualTo(1);
        }
    }

    /// Both topics count their events, so a 3 alone would not say whose it is.
    @Test
    void comeBackExactlyWhateverPublishersCallTheirEvents() {
        try (TestGateway gateway = TestGateway.start("hub.history_size = 20");
                Publisher publisher = gateway.publisher()) {
            String last;
            try (EventStream stream = gateway.subscribe("/events?topic=a&topic=b")) {
                for (int i = 1; i <= 3; i++) {
                    publisher.publish("a?id=" + i, "a" + i);
                }
                last = String.valueOf(stream.events(3).getLast().id());
                assertThat(last).endsWith(":3");
            }
            for (int i = 4; i <= 30; i++) {
                publisher.publish("a?id=" + i, "a" + i);
            }
            for (int i = 1; i <= 3; i++) {
                publisher.publish("b?id=" + i, "b" + i);
            }
            String both = "/events?topic=a&topic=b";
            try (EventStream back = gateway.subscribe(both, "Last-Event-ID: " + last)) {
                assertThat(back.event().data()).contains("evicted");
                assertThat(back.data(23))
                        .startsWith("a11", "a12")
                        .endsWith("a30", "b1", "b2", "b3");
            }
            try (EventStream bare = gateway.subscribe(both, "Last-Event-ID: 3")) {
                assertThat(bare.event().data()).contains("\"reason\":\"unknown\"");
            }
        }
    }

    private static int dropped(Block gap) {
        Matcher matcher = DROPPED.matcher(String.valueOf(gap.data()));
        assertThat(matcher.find()).as("%s", gap).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    private static String topics(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(topic -> String.format(Locale.ROOT, "topic=t%d", topic))
                .collect(Collectors.joining("&"));
    }
}
