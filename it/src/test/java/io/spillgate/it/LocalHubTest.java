package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillgate.Gateway;
import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.local.HubFailure;
import io.spillgate.local.Message;
import io.spillgate.local.Published;
import io.spillgate.local.ReceivedEvent;
import io.spillgate.local.StreamGap;
import io.spillgate.local.StreamStart;
import io.spillgate.local.Subscription;
import io.spillgate.local.SubscriptionEnd;
import io.spillgate.local.SubscriptionListener;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/// A program that publishes and subscribes in the process of its gateway, beside clients of HTTP.
@Timeout(60)
final class LocalHubTest {
    private TestGateway started;
    private Gateway gateway;
    private Publisher publisher;

    @BeforeEach
    void start() {
        started =
                TestGateway.start(
                        """
                        [http]
                        max_body_size = "1000B"
                        [hub]
                        block_timeout = "200ms"
                        memory = "1MiB"
                        [[hub.topics]]
                        match = "short"
                        history_size = 2
                        [[hub.topics]]
                        match = "narrow"
                        max_message_queue_size = 10
                        backpressure_policy = "drop_oldest"
                        [[hub.topics]]
                        match = "block"
                        max_message_queue_size = 10
                        backpressure_policy = "block"
                        """);
        gateway = started.gateway();
        publisher = started.publisher();
    }

    @AfterEach
    void stop() {
        publisher.close();
        started.close();
    }

    @Test
    void aClientGetsWhatTheProgramPublishes() {
        Message tick = Message.text("a\nb").type("tick").id("7").retry(Duration.ofSeconds(2));
        try (EventStream stream = started.subscribe("/events/t")) {
            Published first = gateway.publish("t", tick).join();
            Published again = gateway.publish("t", tick).join();
            assertThat(first.duplicate()).isFalse();
            assertThat(again).isEqualTo(new Published(first.id(), true));
            assertThat(first.id()).endsWith(":7");
            assertThat(stream.event().lines())
                    .containsExactly(
                            "event: tick",
                            "retry: 2000",
                            "data: a",
                            "data: b",
                            "id: " + first.id());
            assertThat(started.metric("spillgate_messages_published_total")).isOne();
        }
    }

    @Test
    void theProgramGetsWhatAClientPublishes() {
        Heard heard = new Heard();
        Subscription subscription = subscribe(heard, StreamStart.now(), "a", "b", "a");
        String first = publisher.publish("a?event=tick", "1\r\n2");
        publisher.publish("other", "no");
        String last = publisher.publish("b?id=x", "3");
        heard.await(2);
        assertThat(heard.events.getFirst().id()).isEqualTo(first);
        assertThat(heard.events.getFirst().type()).isEqualTo("tick");
        assertThat(heard.events.getFirst().topic()).isEqualTo("a");
        assertThat(heard.events.getFirst().text()).isEqualTo("1\r\n2");
        assertThat(heard.events.getLast().type()).isEqualTo("message");
        assertThat(heard.events.getLast().topic()).isEqualTo("b");
        assertThat(subscription.topics()).containsExactly("a", "b");
        Await.until("it is done", () -> subscription.lastEventId().equals(last));
        subscription.close();
        subscription.close();
        assertThat(heard.end.join()).isEqualTo(SubscriptionEnd.CLOSED);
        started.awaitMetric("spillgate_sse_active_connections", 0);
        started.awaitMetric("spillgate_topics_watched", 0);
    }

    @Test
    void whatIsRefusedOverHttpIsRefusedWithTheSameWords() {
        refusedAlike("a%2A", "a*", Message.text("x"), HubFailure.Reason.INVALID);
        refusedAlike(
                "a?event=stream-gap",
                "a",
                Message.text("x").type("stream-gap"),
                HubFailure.Reason.INVALID);
        refusedAlike(
                "a?id=earliest", "a", Message.text("x").id("earliest"), HubFailure.Reason.INVALID);
        assertThat(failure(gateway.publish("a", Message.of(new byte[] {(byte) 0xff}))).reason())
                .isEqualTo(HubFailure.Reason.INVALID);
        HubFailure large = failure(gateway.publish("a", Message.text("x".repeat(1001))));
        assertThat(large.reason()).isEqualTo(HubFailure.Reason.TOO_LARGE);
        assertThat(large).hasMessageContaining("1000 bytes (http.max_body_size)");
        assertThat(failure(gateway.subscribe(List.of(), StreamStart.now(), new Heard())).reason())
                .isEqualTo(HubFailure.Reason.INVALID);
        assertThat(started.metric("spillgate_requests_rejected_total{reason=\"invalid\"}"))
                .isEqualTo(8);
    }

    @Test
    void goesOnBehindAnyIdAndIsToldOfWhatIsGone() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.add(gateway.publish("short", Message.text("" + i)).join().id());
        }
        Heard resumed = new Heard();
        subscribe(resumed, StreamStart.after(ids.get(3)), "short");
        Heard late = new Heard();
        subscribe(late, StreamStart.after(ids.get(0)), "short");
        Heard all = new Heard();
        Subscription now = subscribe(all, StreamStart.earliest(), "short");
        assertThat(now.topics()).containsExactly("short");
        resumed.await(1);
        late.await(2);
        all.await(2);
        assertThat(resumed.told).containsExactly("4");
        assertThat(all.told).containsExactly("3", "4");
        assertThat(late.told.getFirst()).isEqualTo("EVICTED 0");
        assertThat(late.gaps)
                .containsExactly(
                        new StreamGap(StreamGap.Reason.EVICTED, 0, ids.get(0), ids.get(3)));
        assertThat(gaps("sxxxxxxxxxxx-5", "short")).contains(StreamGap.Reason.RESTARTED);
        assertThat(gaps("nobody's", "quiet")).contains(StreamGap.Reason.UNKNOWN);
    }

    @Test
    void aListenerThatIsSlowLosesWhatItsTopicDropsAndIsTold() {
        Heard heard = stuck("narrow");
        publish("narrow", 1, 2000);
        heard.release();
        heard.await(11);
        assertThat(heard.told).hasSize(12).startsWith("0", "OVERFLOW 1989").endsWith("1999");
        assertThat(heard.gaps.getFirst().next()).isEqualTo(heard.events.get(1).id());
        started.awaitMetric("spillgate_messages_dropped_total{policy=\"drop_oldest\"}", 1989);
    }

    @Test
    void publishersWaitForASlowListenerUnderBlockAndCanTakeBack() {
        Heard heard = stuck("block");
        publish("block", 1, 11);
        CompletableFuture<Published> late = gateway.publish("block", Message.text("late"));
        Answer http = publisher.post("block", "text/plain", "late");
        assertThat(failure(late).reason()).isEqualTo(HubFailure.Reason.BLOCKED);
        assertThat(failure(late)).hasMessage(http.text().strip());
        CompletableFuture<Published> back = gateway.publish("block", Message.text("taken back"));
        CompletableFuture<Published> waits = gateway.publish("block", Message.text("11"));
        assertThat(back.cancel(false)).isTrue();
        heard.release();
        assertThat(waits.join().duplicate()).isFalse();
        heard.await(12);
        assertThat(heard.told).containsExactlyElementsOf(numbers(0, 12));
    }

    @Test
    void whatWaitsForRoomIsBounded() {
        Heard heard = stuck("block");
        publish("block", 1, 11);
        List<CompletableFuture<Published>> waiting = new ArrayList<>();
        CompletableFuture<Published> last;
        do {
            last = gateway.publish("block", Message.text("x".repeat(1000)));
            waiting.add(last);
        } while (!last.isDone());
        assertThat(failure(last).reason()).isEqualTo(HubFailure.Reason.BLOCKED);
        assertThat(failure(last)).hasMessageContaining("an eighth of hub.memory");
        assertThat(waiting).hasSizeBetween(86, 90);
        heard.release();
        waiting.removeLast();
        waiting.forEach(CompletableFuture::join);
        assertThat(gateway.publish("block", Message.text("room again")).join().id()).isNotEmpty();
    }

    @Test
    void everyEventComesInOrderWhoeverPublishes() {
        Heard heard = new Heard();
        subscribe(heard, StreamStart.now(), "t");
        try (EventStream stream = started.subscribe("/events/t")) {
            for (int from = 0; from < 5000; from += 500) {
                List<CompletableFuture<Published>> some = new ArrayList<>();
                for (String number : numbers(from, from + 500)) {
                    some.add(gateway.publish("t", Message.text(number)));
                }
                some.forEach(CompletableFuture::join);
                heard.await(from + 500);
            }
            assertThat(heard.told).isEqualTo(numbers(0, 5000));
            assertThat(stream.data(5000)).isEqualTo(numbers(0, 5000));
        }
    }

    @Test
    void closesDuringEventsWithoutAWordMore() throws InterruptedException {
        CountDownLatch stop = new CountDownLatch(1);
        Thread publishing =
                Thread.ofVirtual()
                        .start(() -> {
                            while (stop.getCount() > 0) {
                                gateway.publish("t", Message.text("x")).join();
                            }
                        });
        for (int i = 0; i < 1000; i++) {
            Heard heard = new Heard();
            Subscription subscription = subscribe(heard, StreamStart.now(), "t", "u" + i % 7);
            if (ThreadLocalRandom.current().nextInt(4) > 0) {
                heard.await(1);
            }
            subscription.close();
            assertThat(heard.end.join()).isEqualTo(SubscriptionEnd.CLOSED);
            assertThat(heard.late).isFalse();
        }
        stop.countDown();
        publishing.join();
        started.awaitMetric("spillgate_sse_active_connections", 0);
        started.awaitMetric("spillgate_topics_watched", 0);
    }

    @Test
    void aListenerThatFailsOrAnExecutorThatIsShutDownEndsItsOwnSubscriptionOnly() {
        Heard well = new Heard();
        subscribe(well, StreamStart.now(), "t");
        CompletableFuture<SubscriptionEnd> end = new CompletableFuture<>();
        SubscriptionListener failing =
                new SubscriptionListener() {
                    @Override
                    public void event(ReceivedEvent event) {
                        throw new IllegalStateException("a listener that fails");
                    }

                    @Override
                    public void ended(SubscriptionEnd why) {
                        end.complete(why);
                    }
                };
        Subscription failed = gateway.subscribe(List.of("t"), StreamStart.now(), failing).join();
        String before = failed.lastEventId();
        Heard stranded = new Heard();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        gateway.subscribe(List.of("t"), StreamStart.now(), stranded, executor).join();
        executor.close();
        publish("t", 0, 2);
        well.await(2);
        assertThat(end.join()).isEqualTo(SubscriptionEnd.FAILED);
        assertThat(failed.lastEventId()).isEqualTo(before);
        assertThat(stranded.end.join()).isEqualTo(SubscriptionEnd.FAILED);
        assertThat(
                        failure(
                                        gateway.subscribe(
                                                List.of("t"),
                                                StreamStart.now(),
                                                new Heard(),
                                                executor))
                                .reason())
                .isEqualTo(HubFailure.Reason.CLOSED);
        started.awaitMetric("spillgate_sse_active_connections", 1);
    }

    @Test
    void aDrainEndsSubscriptionsAndACloseWhateverIsLeft() {
        Heard drained = new Heard();
        subscribe(drained, StreamStart.now(), "t");
        gateway.drain();
        assertThat(drained.end.join()).isEqualTo(SubscriptionEnd.SHUTDOWN);
        Heard heard = new Heard();
        started.close();
        assertThat(failure(gateway.publish("t", Message.text("x"))).reason())
                .isEqualTo(HubFailure.Reason.CLOSED);
        assertThat(failure(gateway.subscribe(List.of("t"), StreamStart.now(), heard)).reason())
                .isEqualTo(HubFailure.Reason.CLOSED);
    }

    @Test
    void aDrainWaitsForWhatTheProgramHasBegun() {
        Heard heard = stuck("block");
        publish("block", 1, 11);
        CompletableFuture<Published> waits = gateway.publish("block", Message.text("waits"));
        gateway.drain();
        assertThat(gateway.drained().join()).isTrue();
        assertThat(waits.join().duplicate()).isFalse();
        heard.release();
        assertThat(heard.end.join()).isEqualTo(SubscriptionEnd.SHUTDOWN);
    }

    @Test
    void aCloseFailsWhatWaits() {
        Heard heard = stuck("block");
        publish("block", 1, 11);
        CompletableFuture<Published> waits = gateway.publish("block", Message.text("waits"));
        started.close();
        assertThat(failure(waits).reason()).isEqualTo(HubFailure.Reason.CLOSED);
        heard.release();
        assertThat(heard.end.join()).isEqualTo(SubscriptionEnd.SHUTDOWN);
    }

    /// Who does not come to an end with the first event of a topic.
    private Heard stuck(String topic) {
        Heard heard = new Heard();
        heard.hold();
        subscribe(heard, StreamStart.now(), topic);
        publish(topic, 0, 1);
        heard.await(1);
        return heard;
    }

    private void refusedAlike(
            String target, String topic, Message message, HubFailure.Reason reason) {
        Answer http;
        try (Publisher another = started.publisher()) {
            http = another.post(target, "text/plain", "x");
        }
        HubFailure failure = failure(gateway.publish(topic, message));
        assertThat(http.status()).isEqualTo(400);
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(http.text().strip()).isEqualTo(failure.getMessage());
    }

    private List<StreamGap.Reason> gaps(String lastEventId, String topic) {
        Heard heard = new Heard();
        subscribe(heard, StreamStart.after(lastEventId), topic);
        Await.until("a gap is told", () -> !heard.gaps.isEmpty());
        return heard.gaps.stream().map(StreamGap::reason).toList();
    }

    private Subscription subscribe(Heard heard, StreamStart start, String... topics) {
        return gateway.subscribe(List.of(topics), start, heard).join();
    }

    private void publish(String topic, int from, int to) {
        for (String number : numbers(from, to)) {
            gateway.publish(topic, Message.text(number)).join();
        }
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(String::valueOf).toList();
    }

    private static HubFailure failure(CompletableFuture<?> future) {
        CompletableFuture<HubFailure> failure = new CompletableFuture<>();
        assertThatThrownBy(future::join)
                .isInstanceOf(CompletionException.class)
                .satisfies(thrown -> failure.complete((HubFailure) thrown.getCause()));
        return failure.join();
    }
}
