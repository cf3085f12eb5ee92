package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.EventStream.Block;
import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.TestGateway;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Coming back with `Last-Event-ID`: no gap, no duplicate, and the truth about what is gone.
final class ResumeTest {
    private TestGateway gateway;
    private Publisher publisher;

    @BeforeEach
    void start() {
        gateway =
                TestGateway.start(
                        """
                        [[hub.topics]]
                        match = "short/*"
                        history_size = 3
                        """);
        publisher = gateway.publisher();
    }

    @AfterEach
    void stop() {
        publisher.close();
        gateway.close();
    }

    @Test
    void replaysWhatCameAfterTheIdAndGoesOnLive() {
        List<String> ids = publish("t", 0, 10);
        try (EventStream stream = gateway.subscribe("/events/t", "Last-Event-ID: " + ids.get(4))) {
            publish("t", 10, 13);
            assertThat(stream.data(8)).isEqualTo(numbers(5, 13));
        }
    }

    @Test
    void takesTheIdFromTheQueryWhereThereIsNoHeader() {
        List<String> ids = publish("t", 0, 5);
        try (EventStream stream = gateway.subscribe("/events/t?last_event_id=" + ids.get(2))) {
            assertThat(stream.data(2)).isEqualTo(numbers(3, 5));
        }
    }

    @Test
    void believesTheHeaderMoreThanTheQuery() {
        List<String> ids = publish("t", 0, 5);
        String query = "/events/t?last_event_id=" + ids.get(0);
        try (EventStream stream = gateway.subscribe(query, "Last-Event-ID: " + ids.get(3))) {
            assertThat(stream.data(1)).containsExactly("4");
        }
    }

    @Test
    void replaysAllThatIsRetainedFromTheEarliest() {
        publish("t", 0, 5);
        publish("short/t", 0, 5);
        try (EventStream all = gateway.subscribe("/events/t", "Last-Event-ID: earliest");
                EventStream some = gateway.subscribe("/events/short/t?last_event_id=earliest")) {
            assertThat(all.data(5)).isEqualTo(numbers(0, 5));
            assertThat(some.data(3)).isEqualTo(numbers(2, 5));
        }
    }

    @Test
    void replaysNothingWithoutAnId() {
        publish("t", 0, 5);
        try (EventStream stream = gateway.subscribe("/events/t")) {
            publish("t", 5, 6);
            assertThat(stream.data(1)).containsExactly("5");
        }
    }

    @Test
    void replaysNothingWhenNothingCameAfterTheId() {
        List<String> ids = publish("t", 0, 5);
        try (EventStream stream = gateway.subscribe("/events/t", "Last-Event-ID: " + ids.get(4))) {
            publish("t", 5, 6);
            assertThat(stream.data(1)).containsExactly("5");
        }
    }

    @Test
    void oneIdServesSeveralTopics() {
        publish("a", 0, 3);
        String id = publish("b", 3, 4).getFirst();
        publish("a", 4, 6);
        publish("other", 6, 7);
        publish("b", 7, 8);
        String target = "/events?topic=a&topic=b";
        try (EventStream stream = gateway.subscribe(target, "Last-Event-ID: " + id)) {
            publish("a", 8, 9);
            assertThat(stream.data(4)).containsExactly("4", "5", "7", "8");
        }
    }

    @Test
    void anIdOfAnotherTopicServesAsWell() {
        publish("a", 0, 2);
        String id = publish("b", 2, 3).getFirst();
        publish("a", 3, 5);
        try (EventStream stream = gateway.subscribe("/events/a", "Last-Event-ID: " + id)) {
            assertThat(stream.data(2)).containsExactly("3", "4");
        }
    }

    @Test
    void tellsThatEventsAreGoneBeforeItReplaysTheRest() {
        List<String> ids = publish("short/t", 0, 10);
        String header = "Last-Event-ID: " + ids.get(2);
        try (EventStream stream = gateway.subscribe("/events/short/t", header)) {
            Block gap = stream.event();
            assertThat(gap.field("event")).isEqualTo("stream-gap");
            assertThat(gap.id()).isNull();
            assertThat(gap.data())
                    .contains("\"reason\":\"evicted\"")
                    .contains("\"after\":\"" + ids.get(2) + "\"")
                    .contains("\"next\":\"" + ids.get(7) + "\"");
            assertThat(stream.data(3)).isEqualTo(numbers(7, 10));
        }
    }

    @Test
    void tellsNothingWhenOnlyWhatWasSeenIsGone() {
        List<String> ids = publish("short/t", 0, 10);
        String header = "Last-Event-ID: " + ids.get(6);
        try (EventStream stream = gateway.subscribe("/events/short/t", header)) {
            assertThat(stream.data(3)).isEqualTo(numbers(7, 10));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "12345", "-", "0-", "-5", "a-b-c", "%00"})
    void tellsThatItDoesNotKnowTheIdAndGoesOnLive(String id) {
        publish("t", 0, 5);
        try (EventStream stream = gateway.subscribe("/events/t", "Last-Event-ID: " + id)) {
            publish("t", 5, 6);
            Block gap = stream.event();
            assertThat(gap.field("event")).isEqualTo("stream-gap");
            assertThat(gap.data()).contains("\"reason\":\"unknown\"");
            assertThat(stream.data(1)).containsExactly("5");
        }
    }

    @Test
    void tellsThatItWasRestarted() {
        String id;
        try (TestGateway former = TestGateway.start("")) {
            id = former.publish("t", "in another life");
        }
        publish("t", 0, 2);
        try (EventStream stream = gateway.subscribe("/events/t", "Last-Event-ID: " + id)) {
            Block gap = stream.event();
            assertThat(gap.field("event")).isEqualTo("stream-gap");
            assertThat(gap.data())
                    .contains("\"reason\":\"restarted\"")
                    .contains("\"after\":\"" + id + "\"");
            assertThat(stream.data(2)).isEqualTo(numbers(0, 2));
        }
    }

    @Test
    void resumesFromAnIdThatThePublisherGave() {
        String id = publisher.publish("t?id=order-7", "0");
        publish("t", 1, 3);
        try (EventStream stream = gateway.subscribe("/events/t", "Last-Event-ID: " + id)) {
            assertThat(stream.data(2)).isEqualTo(numbers(1, 3));
        }
    }

    @Test
    void missesNothingAndRepeatsNothingWhilePublishingGoesOn() {
        int total = 3000;
        Thread writer = Thread.ofVirtual().start(() -> publish("t", 0, total));
        List<String> seen = new ArrayList<>();
        String last = "earliest";
        while (seen.size() < total) {
            try (EventStream stream = gateway.subscribe("/events/t", "Last-Event-ID: " + last)) {
                int run = Math.min(37, total - seen.size());
                for (Block event : stream.events(run)) {
                    seen.add(event.data());
                    last = event.id();
                }
            }
        }
        assertThat(seen).isEqualTo(numbers(0, total));
        assertThat(writer.isVirtual()).isTrue();
    }

    private List<String> publish(String topic, int from, int to) {
        List<String> ids = new ArrayList<>();
        for (int i = from; i < to; i++) {
            ids.add(publisher.publish(topic, String.valueOf(i)));
        }
        return ids;
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(String::valueOf).toList();
    }
}
