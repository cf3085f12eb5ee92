package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.EventStream.Block;
import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Upload;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Many events in one request: a body in the format of an event stream.
final class PublishStreamTest {
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
    void publishesEveryEventAndTellsTheLastId() {
        Answer answer = post("data: one\n\ndata: two\n\ndata: three\n\n");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(Publisher.count(answer)).isEqualTo(3);
        assertThat(stream.data(2)).containsExactly("one", "two");
        Block last = stream.event();
        assertThat(last.data()).isEqualTo("three");
        assertThat(last.id()).isEqualTo(Publisher.id(answer));
    }

    @Test
    void keepsTheFields() {
        post("event: price\nid: order-7\nretry: 1234\ndata: a\ndata:\ndata:  b\n\n");
        Block event = stream.event();
        assertThat(event.field("event")).isEqualTo("price");
        assertThat(event.id()).contains("order-7");
        assertThat(event.field("retry")).isEqualTo("1234");
        assertThat(event.data()).isEqualTo("a\n\n b");
    }

    @Test
    void doesNotCarryAFieldIntoTheNextEvent() {
        post("event: price\nid: order-7\ndata: a\n\ndata: b\n\n");
        stream.event();
        Block second = stream.event();
        assertThat(second.data()).isEqualTo("b");
        assertThat(second.field("event")).isNull();
        assertThat(second.id()).doesNotContain("order-7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uFEFFdata: one\n\ndata: two\n\n",
                "data: one\r\n\r\ndata: two\r\n\r\n",
                "data: one\r\rdata: two\r\r",
                "data:one\n\ndata:two\n\n",
                ": comment\ndata: one\n\n\n\n: alone\n\ndata: two\n\n",
                "unknown: field\ndata: one\n\nnonsense\n\ndata: two\n\n",
                "data: one\n\ndata: two\n\ndata: unfinished\n",
                "data: one\n\ndata: two\n\nevent: unfinished",
            })
    void readsTheFormatAsABrowserDoes(String body) {
        Answer answer = post(body);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(Publisher.count(answer)).isEqualTo(2);
        assertThat(stream.data(2)).containsExactly("one", "two");
        gateway.publish("t", "the next");
        assertThat(stream.event().data()).isEqualTo("the next");
    }

    @Test
    void knowsTheTypeWithParametersAndInAnyCase() {
        Answer answer = publisher.post("t", "Text/Event-Stream; charset=UTF-8", "data: a\n\n");
        assertThat(Publisher.count(answer)).isEqualTo(1);
        assertThat(stream.event().data()).isEqualTo("a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "retry: soon\ndata: bad\n\n",
                "id: a\u0000b\ndata: bad\n\n",
                "event: a\u0000b\ndata: bad\n\n",
            })
    void stopsAtABadEventAndTellsHowManyCameBefore(String bad) {
        Answer answer = post("data: one\n\ndata: two\n\n" + bad + "data: never\n\n");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("Content-Type")).startsWith("application/json");
        assertThat(answer.text()).contains("\"error\"");
        assertThat(Publisher.count(answer)).isEqualTo(2);
        gateway.publish("t", "the next");
        assertThat(stream.data(3)).containsExactly("one", "two", "the next");
    }

    @Test
    void stopsAtAnIdInTheGatewaysOwnForm() {
        String own = gateway.publish("t", "first");
        Answer answer = post("data: one\n\nid: " + own + "\ndata: bad\n\n");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(Publisher.count(answer)).isEqualTo(1);
    }

    @Test
    void stopsAtBytesThatAreNotUtf8() {
        try (Wire wire = gateway.connectAdmin()) {
            String body = "data: one\n\ndata: \u00ff\n\n";
            wire.sendLines(
                    "POST /events/t HTTP/1.1\nHost: test\nContent-Type: text/event-stream\n"
                            + "Content-Length: "
                            + body.length()
                            + "\n\n");
            Answer answer = wire.send(body).answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(Publisher.count(answer)).isEqualTo(1);
            assertThat(stream.event().data()).isEqualTo("one");
        }
    }

    @Test
    void deliversTheSameIdOnce() {
        Answer answer = post("id: a\ndata: one\n\nid: a\ndata: again\n\nid: b\ndata: two\n\n");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(stream.data(2)).containsExactly("one", "two");
    }

    @Test
    void deliversWhatIsCompleteWhileTheUploadGoesOn() {
        try (Upload upload = Upload.open(gateway.connectAdmin(), "t")) {
            for (int i = 0; i < 5; i++) {
                upload.send("data: event " + i + "\n\n");
                assertThat(stream.event().data()).isEqualTo("event " + i);
            }
            assertThat(Publisher.count(upload.finish())).isEqualTo(5);
        }
    }

    @Test
    void putsEventsTogetherThatAreCutAnywhere() {
        try (Upload upload = Upload.open(gateway.connectAdmin(), "t")) {
            for (char piece : "event: é\r\nid: x\r\ndata: a\r\ndata: b\r\n\r\n".toCharArray()) {
                upload.send(String.valueOf(piece));
            }
            Block event = stream.event();
            assertThat(event.field("event")).isEqualTo("é");
            assertThat(event.data()).isEqualTo("a\nb");
            assertThat(Publisher.count(upload.finish())).isEqualTo(1);
        }
    }

    @Test
    void keepsTheConnectionAfterTheUpload() {
        try (Upload upload = Upload.open(gateway.connectAdmin(), "t")) {
            upload.send("data: one\n\n").finish();
            Publisher next = new Publisher(upload.wire());
            next.publish("t", "two");
            assertThat(stream.data(2)).containsExactly("one", "two");
        }
    }

    @Test
    void keepsWhatCameBeforeThePublisherBroke() {
        Upload upload = Upload.open(gateway.connectAdmin(), "t");
        upload.send("data: one\n\ndata: unfin");
        assertThat(stream.event().data()).isEqualTo("one");
        upload.wire().reset();
        gateway.publish("t", "the next");
        assertThat(stream.event().data()).isEqualTo("the next");
    }

    @Test
    void refusesAnEndlessUploadFromOneWhoMayNotPublish() {
        try (Upload upload = Upload.open(gateway.connect(), "t")) {
            assertThat(upload.wire().answer().status()).isEqualTo(403);
        }
    }

    private Answer post(String body) {
        return publisher.post("t", "text/event-stream", body);
    }
}
