package io.spillgate.listener;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.spillgate.broker.Broker;
import io.spillgate.http.TestStream;
import io.spillgate.log.Logs;
import io.spillgate.log.Publication;
import io.spillgate.log.Publisher;
import io.spillgate.log.Reader;
import io.spillgate.log.ResumePoint;
import io.spillgate.sse.Event;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/// Requests to a broker that answers later, over streams without a socket.
final class LateBrokerTest {
    private final List<Late> brokers = new ArrayList<>(1);

    @AutoClose
    private final TestListener listener =
            TestListener.admin(local -> {
                brokers.add(new Late(local));
                return brokers.getFirst();
            });

    /// Answers when it is told to.
    private static final class Late implements Broker {
        private final Broker local;
        private final List<Runnable> joining = new CopyOnWriteArrayList<>();
        private volatile @Nullable Publisher publisher;
        private volatile boolean knows;

        Late(Broker local) {
            this.local = local;
        }

        @Override
        public Logs logs() {
            return local.logs();
        }

        @Override
        public Publication publish(String topic, Event event, long waitNanos, Publisher told) {
            publisher = told;
            return Publication.PENDING;
        }

        @Override
        public void withdraw(String topic, Publisher told) {
            publisher = null;
        }

        @Override
        public @Nullable ResumePoint join(
                Reader reader, List<String> topics, @Nullable String lastEventId, Runnable ready) {
            if (!knows) {
                joining.add(ready);
                return null;
            }
            return local.join(reader, topics, lastEventId, ready);
        }

        /// On another thread than the request's.
        void findsOut() {
            knows = true;
            CompletableFuture.runAsync(() -> joining.forEach(Runnable::run)).join();
        }
    }

    private Late broker() {
        return brokers.getFirst();
    }

    /// What was put on the loop before is done.
    private void letItPass() {
        listener.onLoop(() -> {});
    }

    @Test
    void aSubscriptionWaitsUntilItIsKnownWhereItBegins() {
        TestStream stream = listener.serve(request("GET"));
        assertThat(stream.told).isEmpty();
        assertThat(listener.hub.watchedTopics().count()).isZero();
        broker().findsOut();
        letItPass();
        assertThat(stream.told).containsExactly("event stream");
        assertThat(listener.hub.streams()).isEqualTo(1);
        assertThat(listener.hub.watchedTopics().count()).isEqualTo(1);
    }

    @Test
    void aSubscriptionIsAskedForAgainUntilItIsKnown() {
        TestStream stream = listener.serve(request("GET"));
        broker().joining.forEach(Runnable::run);
        letItPass();
        assertThat(stream.told).isEmpty();
        assertThat(broker().joining).hasSize(2);
        broker().findsOut();
        letItPass();
        assertThat(stream.told).containsExactly("event stream");
        assertThat(listener.hub.streams()).isEqualTo(1);
    }

    @Test
    void aSubscriptionIsRefusedWhenItIsNotKnownInTime() {
        TestStream stream = request("GET");
        RequestContext context = listener.of(stream);
        listener.onLoop(() -> {
            context.serve();
            context.visit(System.nanoTime() + context.publishPolicy().blockNanos());
        });
        assertThat(stream.told).containsExactly("503 Service Unavailable");
        assertThat(stream.content).contains("hub.block_timeout");
        broker().findsOut();
        letItPass();
        assertThat(listener.hub.streams()).isZero();
        assertThat(listener.hub.watchedTopics().count()).isZero();
    }

    @Test
    void nothingIsOpenedForAClientThatIsGone() {
        RequestContext context = listener.of(request("GET"));
        listener.onLoop(() -> {
            context.serve();
            context.gone();
        });
        broker().findsOut();
        letItPass();
        assertThat(listener.hub.streams()).isZero();
        assertThat(listener.hub.watchedTopics().count()).isZero();
    }

    @Test
    void aPublisherIsAnsweredWhenTheBrokerIs() {
        TestStream stream = publish();
        assertThat(stream.told).isEmpty();
        settle(new Publication.Accepted("far-7", true));
        assertThat(stream.told).containsExactly("200 OK");
        assertThat(stream.content).contains("\"id\":\"far-7\"");
    }

    @Test
    void aPublisherIsToldThatNobodyKnows() {
        TestStream stream = publish();
        settle(new Publication.Unconfirmed("the answer was lost"));
        assertThat(stream.told).containsExactly("503 Service Unavailable");
        assertThat(stream.field("Retry-After")).isEqualTo("1");
        assertThat(stream.content)
                .isEqualTo(
                        "Not confirmed: the answer was lost; it may have been published, and is"
                                + " safe to repeat if it has an id\n");
    }

    @Test
    void aPublisherThatIsGoneIsWithdrawnAndHearsNothing() {
        TestStream stream = request("POST");
        stream.contentLength = 5;
        RequestContext context = listener.of(stream);
        sendBody(context);
        Publisher publisher = Objects.requireNonNull(broker().publisher);
        listener.onLoop(context::gone);
        assertThat(broker().publisher).isNull();
        publisher.settled(new Publication.Accepted("far-7", true));
        letItPass();
        assertThat(stream.told).isEmpty();
    }

    private TestStream publish() {
        TestStream stream = request("POST");
        stream.contentLength = 5;
        sendBody(listener.of(stream));
        return stream;
    }

    private void sendBody(RequestContext context) {
        listener.onLoop(() -> {
            context.serve();
            context.content(Unpooled.copiedBuffer("hello", UTF_8));
            context.end(EmptyHttpHeaders.INSTANCE);
        });
    }

    private void settle(Publication outcome) {
        Publisher publisher = Objects.requireNonNull(broker().publisher);
        CompletableFuture.runAsync(() -> publisher.settled(outcome)).join();
        letItPass();
    }

    private TestStream request(String method) {
        return TestStream.of(listener.loop(), method, "/events/t", "Host", "localhost");
    }
}
