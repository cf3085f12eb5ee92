package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.EventStream.Block;
import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// One event in one request.
final class PublishTest {
    private TestGateway gateway;
    private EventStream stream;
    private Publisher publisher;

    @BeforeEach
    void start() {
        gateway = TestGateway.start("");
        stream = gateway.subscribe("/events/t");
        publisher = gateway.publisher();
    }

    @AfterEach
    void stop() {
        stream.close();
        publisher.close();
        gateway.close();
    }

    @Test
    void deliversTheBodyAndTellsTheId() {
        Answer answer = publisher.post("t", "text/plain", "hello");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("application/json");
        assertThat(Publisher.count(answer)).isEqualTo(1);
        assertThat(Publisher.id(answer)).matches("[A-Za-z0-9]+-[0-9]+");
        Block event = stream.event();
        assertThat(event.data()).isEqualTo("hello");
        assertThat(event.id()).isEqualTo(Publisher.id(answer));
        assertThat(event.field("event")).isNull();
    }

    @Test
    void keepsTheFieldsOfTheQuery() {
        publisher.publish("t?event=price&id=order-7&retry=1234", "hello");
        Block event = stream.event();
        assertThat(event.field("event")).isEqualTo("price");
        assertThat(event.id()).contains("order-7");
        assertThat(event.field("retry")).isEqualTo("1234");
        assertThat(event.data()).isEqualTo("hello");
    }

    @Test
    void decodesTheFieldsOfTheQuery() {
        publisher.publish("t?event=caf%C3%A9%20noir", "hello");
        assertThat(stream.event().field("event")).isEqualTo("café noir");
    }

    @ParameterizedTest
    @CsvSource({
        "one, one",
        "one\\ntwo, one\\ntwo",
        "one\\r\\ntwo, one\\ntwo",
        "one\\rtwo, one\\ntwo",
        "one\\r\\rtwo, one\\n\\ntwo",
        "one\\n, one\\n",
        "\\none, \\none",
        "'  one', '  one'",
        ": one, : one",
        "data: one, data: one",
        "'', ''",
    })
    void takesAnyLineEndsOfTheBody(String body, String data) {
        publisher.publish("t", body.replace("\\n", "\n").replace("\\r", "\r"));
        assertThat(stream.event().data()).isEqualTo(data.replace("\\n", "\n"));
    }

    @Test
    void takesABodyWithoutAContentType() {
        try (Wire wire = gateway.connectAdmin()) {
            wire.sendLines("POST /events/t HTTP/1.1\nHost: test\nContent-Length: 5\n\nhello");
            assertThat(wire.answer().status()).isEqualTo(200);
            assertThat(stream.event().data()).isEqualTo("hello");
        }
    }

    @Test
    void takesNoBodyAtAllForAnEmptyEvent() {
        try (Wire wire = gateway.connectAdmin()) {
            wire.sendLines("POST /events/t HTTP/1.1\nHost: test\n\n");
            assertThat(wire.answer().status()).isEqualTo(200);
            assertThat(stream.event().data()).isEmpty();
        }
    }

    @Test
    void deliversUtf8Unchanged() {
        publisher.publish("t", "Grüße \uD83D\uDE80 \u2028 end");
        assertThat(stream.event().data()).isEqualTo("Grüße \uD83D\uDE80 \u2028 end");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "t?event=a%0Ab",
                "t?event=a%0Db",
                "t?event=a%00b",
                "t?id=a%0Ab",
                "t?id=a%0Db",
                "t?id=a%00b",
                "t?retry=soon",
                "t?retry=-1",
                "t?retry=1.5",
                "t?retry=",
                "t?event=%ff",
                "t?event=%zz",
                "%ff",
                "%00",
                "a%0ab",
                "",
            })
    void refusesTheTargetAndPublishesNothing(String target) {
        Answer answer = publisher.post(target, "text/plain", "bad");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).isNotBlank();
        gateway.publish("t", "the next");
        assertThat(stream.event().data()).isEqualTo("the next");
    }

    @Test
    void refusesAnIdInTheGatewaysOwnForm() {
        String own = publisher.publish("t", "first");
        assertThat(stream.event().data()).isEqualTo("first");
        assertThat(publisher.post("t?id=" + own, "text/plain", "bad").status()).isEqualTo(400);
        gateway.publish("t", "the next");
        assertThat(stream.event().data()).isEqualTo("the next");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00ff", "a\u00c3", "\u00c0\u00af", "\u00ed\u00a0\u0080"})
    void refusesABodyThatIsNotUtf8(String bytes) {
        try (Wire wire = gateway.connectAdmin()) {
            wire.sendLines(
                    "POST /events/t HTTP/1.1\nHost: test\nContent-Length: "
                            + bytes.length()
                            + "\n\n");
            assertThat(wire.send(bytes).answer().status()).isEqualTo(400);
        }
        gateway.publish("t", "the next");
        assertThat(stream.event().data()).isEqualTo("the next");
    }

    @Test
    void deliversTheSameIdOnceAndSaysSo() {
        Answer first = publisher.post("t?id=order-7", "text/plain", "first");
        Answer again = publisher.post("t?id=order-7", "text/plain", "again");
        publisher.publish("t", "the next");
        assertThat(again.status()).isEqualTo(200);
        EventStream.Block only = stream.event();
        String id = only.id();
        assertThat(first.text()).isEqualTo("{\"id\":\"" + id + "\",\"published\":1}\n");
        assertThat(again.text())
                .isEqualTo("{\"id\":\"" + id + "\",\"published\":0,\"duplicate\":true}\n");
        assertThat(only.data()).isEqualTo("first");
        assertThat(stream.event().data()).isEqualTo("the next");
    }

    @Test
    void deliversTheSameIdOnAnotherTopic() {
        try (EventStream other = gateway.subscribe("/events/other")) {
            publisher.publish("t?id=order-7", "here");
            publisher.publish("other?id=order-7", "there");
            assertThat(stream.event().data()).isEqualTo("here");
            assertThat(other.event().data()).isEqualTo("there");
        }
    }

    @Test
    void idsRiseOverAllTopics() {
        long last = -1;
        for (String topic : new String[] {"t", "u", "t", "v", "u"}) {
            String id = publisher.publish(topic, "x");
            long seq = Long.parseLong(id.substring(id.lastIndexOf('-') + 1));
            assertThat(seq).isGreaterThan(last);
            last = seq;
        }
    }

    @Test
    void countsWhatItPublishedAndSent() {
        try (EventStream second = gateway.subscribe("/events/t")) {
            publisher.publish("t", "hello");
            stream.event();
            second.event();
        }
        assertThat(gateway.metric("spillgate_messages_published_total")).isEqualTo(1);
        gateway.awaitMetric("spillgate_messages_sent_total", 2);
        assertThat(gateway.metric("spillgate_bytes_sent_total")).isPositive();
    }

    @Test
    void reachesAThousandSubscribersWithManyEventsInOrder() {
        try (Crowd crowd = Crowd.of(gateway, "/events/crowd", 1000)) {
            StringBuilder body = new StringBuilder();
            for (int i = 0; i < 500; i++) {
                body.append("data: ").append(i).append("\n\n");
            }
            Answer answer = publisher.post("crowd", "text/event-stream", body.toString());
            assertThat(Publisher.count(answer)).isEqualTo(500);
            crowd.expectNumbersUpTo(500);
        }
    }
}
