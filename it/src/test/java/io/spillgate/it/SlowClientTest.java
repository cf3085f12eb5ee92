package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.EventStream.Block;
import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A subscriber that does not read: what it gets later is exactly what the policy says.
final class SlowClientTest {
    private static final int EVENTS = 300;
    private static final String PADDING = " " + "x".repeat(60_000);
    private static final Pattern DROPPED = Pattern.compile("\"dropped\":([0-9]+)");

    @ParameterizedTest
    @ValueSource(strings = {"drop_newest", "drop_oldest"})
    void accountsForEveryEvent(String policy) {
        try (TestGateway gateway = gateway(policy);
                Wire stalled = Wire.narrow(4096, gateway.address())) {
            EventStream slow = EventStream.open(stalled, "/events/t");
            publish(gateway);
            Story story = Story.readToTheEnd(gateway, slow);
            assertThat(story.dropped).isPositive();
            assertThat(story.numbers.size() + story.dropped).isEqualTo(EVENTS);
            String sample = "spillgate_messages_dropped_total{policy=\"" + policy + "\"}";
            assertThat(gateway.metric(sample)).isEqualTo(story.dropped);
        }
    }

    @Test
    void keepsTheOldestWhenTheNewestAreDropped() {
        try (TestGateway gateway = gateway("drop_newest");
                Wire stalled = Wire.narrow(4096, gateway.address())) {
            EventStream slow = EventStream.open(stalled, "/events/t");
            publish(gateway);
            List<Integer> numbers = Story.readToTheEnd(gateway, slow).numbers;
            assertThat(numbers).doesNotContain(EVENTS - 1);
            assertThat(numbers.getLast()).isEqualTo(numbers.size() - 1);
        }
    }

    @Test
    void keepsTheNewestWhenTheOldestAreDropped() {
        try (TestGateway gateway = gateway("drop_oldest");
                Wire stalled = Wire.narrow(4096, gateway.address())) {
            EventStream slow = EventStream.open(stalled, "/events/t");
            publish(gateway);
            List<Integer> numbers = Story.readToTheEnd(gateway, slow).numbers;
            for (int i = EVENTS - 10; i < EVENTS; i++) {
                assertThat(numbers).contains(i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"drop_newest", "drop_oldest"})
    void holdsUpNobodyElse(String policy) {
        try (TestGateway gateway = gateway(policy);
                Wire stalled = Wire.narrow(4096, gateway.address());
                EventStream quick = gateway.subscribe("/events/t");
                Publisher publisher = gateway.publisher()) {
            EventStream.open(stalled, "/events/t");
            for (int i = 0; i < EVENTS; i++) {
                publisher.publish("t", i + PADDING);
                assertThat(quick.event().data()).startsWith(i + " ");
            }
        }
    }

    @Test
    void aBlockedPublisherGivesUpInTimeAndNothingWasPublished() {
        try (TestGateway gateway = gateway("block\"\nhub.block_timeout = \"500ms");
                Wire stalled = Wire.narrow(4096, gateway.address());
                Publisher publisher = gateway.publisher()) {
            EventStream slow = EventStream.open(stalled, "/events/t");
            int published = 0;
            Answer answer = publisher.post("t", "text/plain", 0 + PADDING);
            while (answer.status() == 200) {
                published++;
                answer = publisher.post("t", "text/plain", published + PADDING);
            }
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            Story story = Story.readToTheEnd(gateway, slow);
            assertThat(story.numbers).hasSize(published);
            assertThat(story.dropped).isZero();
        }
    }

    @Test
    void aBlockedPublisherGoesOnWhenTheClientReads() {
        try (TestGateway gateway = gateway("block\"\nhub.block_timeout = \"60s");
                Wire stalled = Wire.narrow(4096, gateway.address())) {
            EventStream slow = EventStream.open(stalled, "/events/t");
            CompletableFuture<Void> all = CompletableFuture.runAsync(() -> publish(gateway));
            gateway.awaitMetric("spillgate_queue_depth", 10);
            assertThat(gateway.publish("other", "is not held up")).isNotEmpty();
            assertThat(all).isNotDone();
            for (int i = 0; i < EVENTS; i++) {
                assertThat(slow.event().data()).startsWith(i + " ");
            }
            all.join();
        }
    }

    private static TestGateway gateway(String policy) {
        return TestGateway.start(
                """
                http.max_message_queue_size = 10
                http.backpressure_policy = "%s"
                hub.history_bytes = "64MiB"
                """
                        .formatted(policy));
    }

    private static void publish(TestGateway gateway) {
        try (Publisher publisher = gateway.publisher()) {
            for (int i = 0; i < EVENTS; i++) {
                publisher.publish("t", i + PADDING);
            }
        }
    }

    /// What a slow client found when it read at last.
    ///
    /// @param numbers of the events it received, in order
    /// @param dropped sum of what the gap notices said
    private record Story(List<Integer> numbers, int dropped) {
        /// Reads all that waits, lets one more event follow, and checks that every hole in the
        /// numbers has a notice of just its size.
        static Story readToTheEnd(TestGateway gateway, EventStream slow) {
            Thread.ofVirtual()
                    .start(() -> {
                        gateway.awaitMetric("spillgate_events_queued", 0);
                        gateway.publish("t", "end");
                    });
            List<Integer> numbers = new ArrayList<>();
            int dropped = 0;
            int announced = 0;
            for (Block event = slow.event(); !"end".equals(event.data()); event = slow.event()) {
                if ("stream-gap".equals(event.field("event"))) {
                    assertThat(event.data()).contains("\"reason\":\"overflow\"");
                    announced += dropped(event);
                    continue;
                }
                int number = number(event);
                int expected = numbers.isEmpty() ? 0 : numbers.getLast() + 1;
                assertThat(number).isEqualTo(expected + announced);
                numbers.add(number);
                dropped += announced;
                announced = 0;
            }
            return new Story(numbers, dropped + announced);
        }

        private static int number(Block event) {
            String data = String.valueOf(event.data());
            return Integer.parseInt(data.substring(0, data.indexOf(' ')));
        }

        private static int dropped(Block gap) {
            Matcher matcher = DROPPED.matcher(String.valueOf(gap.data()));
            assertThat(matcher.find()).as("%s", gap).isTrue();
            return Integer.parseInt(matcher.group(1));
        }
    }
}
