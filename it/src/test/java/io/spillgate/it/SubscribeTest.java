package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The head and the beginning of an event stream, and which topics it carries.
final class SubscribeTest {
    private TestGateway gateway;

    @BeforeEach
    void start() {
        gateway =
                TestGateway.start(
                        """
                        [[routes]]
                        path = "/news"
                        stream = "a"

                        [[routes]]
                        path = "/team/*"
                        stream = "teams/*"
                        """);
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void answersAtOnceWithAllThatKeepsAStreamFlowing() {
        try (Wire wire = gateway.connect()) {
            EventStream stream = EventStream.request(wire, "/events/a");
            assertThat(stream.head().statusLine()).isEqualTo("HTTP/1.1 200 OK");
            expectStreamHeaders(stream.head());
            assertThat(stream.head().header("Transfer-Encoding")).isEqualTo("chunked");
            assertThat(stream.head().header("Content-Length")).isNull();
            assertThat(stream.block().lines()).isEqualTo(List.of(":ok"));
            assertThat(stream.block().field("retry")).matches("[0-9]+");
        }
    }

    @Test
    void spreadsTheTimeToReconnect() {
        Set<Integer> millis = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            try (Wire wire = gateway.connect()) {
                millis.add(EventStream.request(wire, "/events/a").expectOpening());
            }
        }
        assertThat(millis).hasSizeGreaterThan(10).allMatch(m -> m >= 1500 && m <= 4500);
    }

    @Test
    void sendsNoChunksToHttp10() {
        try (Wire wire = gateway.connect()) {
            Answer head = wire.sendLines("GET /events/a HTTP/1.0\n\n").head();
            assertThat(head.header("Transfer-Encoding")).isNull();
            assertThat(head.header("Content-Type")).isEqualTo("text/event-stream");
            EventStream stream = EventStream.over(wire, head);
            stream.expectOpening();
            gateway.publish("a", "hello");
            assertThat(stream.event().data()).isEqualTo("hello");
        }
    }

    @Test
    void answersHeadWithTheSameHeadAndRegistersNothing() {
        try (Wire wire = gateway.connect()) {
            Answer head = wire.sendLines("HEAD /events/a HTTP/1.1\nHost: test\n\n").head();
            assertThat(head.status()).isEqualTo(200);
            expectStreamHeaders(head);
            assertThat(head.header("Transfer-Encoding")).isEqualTo("chunked");
            wire.expectSilence(Duration.ofMillis(200));
            assertThat(gateway.metric("spillgate_sse_active_connections")).isZero();
            wire.sendLines("GET /health HTTP/1.1\nHost: test\n\n");
            assertThat(wire.answer().text()).isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    200 | Accept: text/event-stream
                    200 | Accept: TEXT/Event-Stream
                    200 | Accept: */*
                    200 | Accept: text/*
                    200 | Accept: text/html, text/event-stream;q=0.1
                    200 | Accept: application/json, */*;q=0.1
                    200 | Accept: text/event-stream; charset=utf-8
                    200 | Cache-Control: no-cache
                    406 | Accept: application/json
                    406 | Accept: text/html, application/*
                    406 | Accept: text/event-stream;q=0
                    406 | Accept: text/event-stream;q=0, */*
                    406 | Accept: text/event-stream;q=0.000, text/html
                    """)
    void respectsWhatTheClientAccepts(int status, String header) {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("GET /events/a HTTP/1.1\nHost: test\n" + header + "\n\n");
            assertThat(wire.head().status()).isEqualTo(status);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/events",
                "/events/",
                "/events?topic=",
                "/events?other=a",
                "/events/%00",
                "/events/a%0Ab",
                "/events/a%0d",
                "/events/a%7Fb",
                "/events/a%1Fb",
                "/events/%C2%85",
                "/events/%zz",
                "/events/%4",
                "/events/%",
                "/events/%ff",
                "/events/%C0%AF",
                "/events/%ED%A0%80",
                "/events?topic=a&topic=%ff",
                "/events?topic=a&topic=%0a",
            })
    void refusesTheTopicAndSaysWhy(String target) {
        Answer answer = gateway.ask("GET " + target + " HTTP/1.1\nHost: test\n\n");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).containsIgnoringCase("topic");
    }

    @Test
    void takesATopicOf255BytesAndNotOfOneMore() {
        gateway.subscribe("/events/" + "a".repeat(255)).close();
        gateway.subscribe("/events/" + "%61".repeat(255)).close();
        gateway.subscribe("/events/" + "%C3%A9".repeat(127)).close();
        for (String topic : List.of("a".repeat(256), "%C3%A9".repeat(128))) {
            assertThat(gateway.ask("GET /events/" + topic + " HTTP/1.1\nHost: test\n\n").status())
                    .isEqualTo(400);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/events/a/b, a%2Fb",
        "/events/a%2Fb, a/b",
        "/events/a%20b, a%20b",
        "/events?topic=a/b, a/b",
        "/events/%C3%A9, %c3%a9",
        "/events?topic=%C3%A9, %C3%A9",
        "/events/a?b=c, a",
        "/events/a%3Fb, a%3fb",
        "/events/a+b, a%2Bb",
        "/news, a",
        "/team/red/1, teams/red/1",
    })
    void carriesTheTopicInAnySpelling(String target, String publishedTo) {
        try (EventStream stream = gateway.subscribe(target)) {
            gateway.publish(publishedTo, "hello");
            assertThat(stream.event().data()).isEqualTo("hello");
        }
    }

    @Test
    void carriesSeveralTopicsInOneOrder() {
        try (EventStream stream = gateway.subscribe("/events?topic=a&topic=b");
                Publisher publisher = gateway.publisher()) {
            for (int i = 0; i < 10; i++) {
                publisher.publish("a", "a" + i);
                publisher.publish("other", "not for you");
                publisher.publish("b", "b" + i);
            }
            assertThat(stream.data(20))
                    .isEqualTo(
                            IntStream.range(0, 10)
                                    .boxed()
                                    .flatMap(i -> List.of("a" + i, "b" + i).stream())
                                    .toList());
        }
    }

    @Test
    void countsATopicThatIsNamedTwiceOnce() {
        try (EventStream stream = gateway.subscribe("/events?topic=a&topic=a&topic=%61")) {
            gateway.publish("a", "first");
            gateway.publish("a", "second");
            assertThat(stream.data(2)).containsExactly("first", "second");
        }
    }

    @Test
    void carriesAHundredTopicsAndNotOneMore() {
        try (EventStream stream = gateway.subscribe("/events?" + topics(100))) {
            gateway.publish("t99", "the last");
            assertThat(stream.event().data()).isEqualTo("the last");
        }
        Answer answer = gateway.ask("GET /events?" + topics(101) + " HTTP/1.1\nHost: test\n\n");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).contains("100");
    }

    @Test
    void noticesThatAClientHasLeft() {
        EventStream closed = gateway.subscribe("/events/a");
        EventStream reset = gateway.subscribe("/events/a");
        gateway.awaitMetric("spillgate_sse_active_connections", 2);
        closed.close();
        reset.wire().reset();
        gateway.awaitMetric("spillgate_sse_active_connections", 0);
        gateway.awaitMetric("spillgate_connections_active", 0);
        assertThat(gateway.metric("spillgate_sse_disconnects_total")).isEqualTo(2);
    }

    @Test
    void takesAHalfCloseForLeaving() {
        try (EventStream stream = gateway.subscribe("/events/a")) {
            stream.wire().halfClose();
            gateway.awaitMetric("spillgate_sse_active_connections", 0);
        }
    }

    @Test
    void isNotDisturbedByWhatTheClientSendsOnAnOpenStream() {
        try (EventStream stream = gateway.subscribe("/events/a")) {
            stream.wire().send("junk".repeat(1000));
            gateway.publish("a", "hello");
            assertThat(stream.event().data()).isEqualTo("hello");
        }
    }

    @Test
    void givesEveryStreamTheSameOrder() {
        try (EventStream one = gateway.subscribe("/events/a");
                EventStream two = gateway.subscribe("/events/a");
                Publisher left = gateway.publisher();
                Publisher right = gateway.publisher()) {
            Thread other =
                    Thread.ofVirtual()
                            .start(() -> {
                                for (int i = 0; i < 200; i++) {
                                    right.publish("a", "right " + i);
                                }
                            });
            for (int i = 0; i < 200; i++) {
                left.publish("a", "left " + i);
            }
            List<String> seenByOne = one.data(400);
            assertThat(two.data(400)).isEqualTo(seenByOne);
            assertThat(seenByOne).doesNotHaveDuplicates();
            assertThat(other.isAlive() && seenByOne.size() < 400).isFalse();
        }
    }

    private static String topics(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "topic=t" + i)
                .collect(Collectors.joining("&"));
    }

    private static void expectStreamHeaders(Answer head) {
        assertThat(head.header("Content-Type")).isEqualTo("text/event-stream");
        assertThat(head.header("Cache-Control")).isEqualTo("no-cache, no-transform");
        assertThat(head.header("Incremental")).isEqualTo("?1");
        assertThat(head.header("Connection")).isEqualTo("keep-alive");
        assertThat(head.header("X-Accel-Buffering")).isEqualTo("no");
        assertThat(head.header("Access-Control-Allow-Origin")).isEqualTo("*");
    }
}
