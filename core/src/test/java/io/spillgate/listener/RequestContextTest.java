package io.spillgate.listener;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.http.Refusal;
import io.spillgate.http.TestStream;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The stages of a request and its refusals, over a stream without a socket.
final class RequestContextTest {
    private static final HttpHeaders NO_TRAILERS = EmptyHttpHeaders.INSTANCE;

    @AutoClose private final TestListener open = TestListener.open();
    @AutoClose private final TestListener admin = TestListener.admin();

    @ParameterizedTest
    @CsvSource({
        "GET, /health, 200 OK",
        "GET, /ready, 200 OK",
        "GET, /nowhere, 404 Not Found",
        "POST, /events/t, 403 Forbidden",
        "HEAD, /events/t, event stream head",
        "GET, /events/, 400 Bad Request",
    })
    void answersByMethodAndPath(String method, String target, String told) {
        TestStream stream = open.serve(request(open, method, target));
        assertThat(stream.told).containsExactly(told);
        assertThat(open.admission.inFlight()).isZero();
    }

    @Test
    void saysWhichMethodsAPathHas() {
        TestStream stream = open.serve(request(open, "DELETE", "/events/t"));
        assertThat(stream.told).containsExactly("405 Method Not Allowed");
        assertThat(stream.field("Allow")).isEqualTo("GET, HEAD, POST");
    }

    @Test
    void aSubscriptionJoinsTheHub() {
        TestStream stream = open.serve(request(open, "GET", "/events/t"));
        assertThat(stream.told).containsExactly("event stream");
        assertThat(stream.field("Content-Type")).isEqualTo("text/event-stream");
        assertThat(open.hub.streams()).isEqualTo(1);
    }

    @Test
    void isNotAnEventStreamForWhoExcludesIt() {
        TestStream stream = open.serve(request(open, "GET", "/events/t", "Accept", "text/html"));
        assertThat(stream.told).containsExactly("406 Not Acceptable");
    }

    @Test
    void refusesAStreamWhenTooManyTopicsAreWatched() {
        StringBuilder target = new StringBuilder("/events?topic=a");
        for (int i = 0; i < 10; i++) {
            target.append("&topic=t").append(i);
        }
        TestStream stream = open.serve(request(open, "GET", target.toString()));
        assertThat(stream.told).containsExactly("503 Service Unavailable");
        assertThat(stream.field("Retry-After")).isEqualTo("1");
        assertThat(stream.content).contains("10 topics", "hub.max_watched_topics");
    }

    @Test
    void publishesTheBodyWhenItIsComplete() {
        TestStream stream = request(admin, "POST", "/events/t");
        stream.contentLength = 5;
        RequestContext context = admin.of(stream);
        admin.onLoop(() -> {
            context.serve();
            assertThat(stream.invited).isTrue();
            assertThat(stream.told).isEmpty();
            context.content(Unpooled.copiedBuffer("hello", UTF_8));
            context.end(NO_TRAILERS);
        });
        assertThat(stream.told).containsExactly("200 OK");
        assertThat(stream.content).contains("\"id\":\"stestepoch01-1\"", "\"published\":1");
    }

    @Test
    void asksForNoBodyThatIsTooLong() {
        TestStream stream = request(admin, "POST", "/events/t");
        stream.contentLength = 1L << 40;
        admin.serve(stream);
        assertThat(stream.invited).isFalse();
        assertThat(stream.told).containsExactly("413 Request Entity Too Large");
    }

    @Test
    void theAdminListenerHasNoOtherNames() {
        TestStream stream = TestStream.of(admin.loop(), "GET", "/health", "Host", "evil.example");
        assertThat(admin.serve(stream).told).containsExactly("421 Misdirected Request");
    }

    @Test
    void aPageOfAnotherOriginDoesNotPublishOnTheAdminListener() {
        TestStream stream = request(admin, "POST", "/events/t", "Origin", "http://evil.example");
        assertThat(admin.serve(stream).told).containsExactly("403 Forbidden");
    }

    @Test
    void aRequestThatTakesTooLongIsTheConnectionsLast() {
        TestStream stream = new TestStream(open.loop(), null);
        open.of(stream).timedOut("a.key");
        assertThat(stream.told).containsExactly("408 Request Timeout");
        assertThat(stream.last).isTrue();
    }

    @Test
    void anAnswerThatHasBegunIsCutAndNotRefused() {
        TestStream stream = request(open, "GET", "/x");
        RequestContext context = open.of(stream);
        open.onLoop(() -> {
            stream.begin(200, "OK", NO_TRAILERS, NO_TRAILERS);
            context.timedOut("a.key");
        });
        assertThat(stream.told).containsExactly("begin 200", "reset");
    }

    @Test
    void whatIsShedIsToldSoUnlessItHasBegunToAnswer() {
        TestStream untold = request(open, "POST", "/x");
        assertThat(open.of(untold).shed()).isTrue();
        assertThat(untold.told).containsExactly("503 Service Unavailable");
        assertThat(untold.content).contains("http.input_memory");
        assertThat(untold.field("Retry-After")).isEqualTo("1");
        assertThat(untold.last).isTrue();
        TestStream begun = request(open, "POST", "/x");
        RequestContext context = open.of(begun);
        begun.begin(200, "OK", NO_TRAILERS, NO_TRAILERS);
        assertThat(context.shed()).isFalse();
        assertThat(begun.told).containsExactly("begin 200");
    }

    @Test
    void anUnsoundHeadIsTheConnectionsLast() {
        TestStream stream = new TestStream(open.loop(), null);
        open.of(stream).refuseHead(Refusal.uriTooLong("The request line is long"));
        assertThat(stream.told).containsExactly("414 URI Too Long");
        assertThat(stream.content).isEqualTo("The request line is long\n");
        assertThat(stream.last).isTrue();
    }

    @Test
    void aboveTheCapAnEventSourceGetsAnEventAndOthersText() {
        TestStream other = request(open, "GET", "/x");
        open.of(other).atCapacity();
        assertThat(other.content).contains("All 7 connections are taken");
        TestStream browser = request(open, "GET", "/events/t", "Accept", "text/event-stream");
        open.of(browser).atCapacity();
        assertThat(browser.content).isEqualTo("data: {\"error\":\"server_at_capacity\"}\n\n");
        assertThat(browser.told).containsExactly("503 Service Unavailable");
        assertThat(browser.field("Retry-After")).isEqualTo("10");
    }

    @Test
    void allowsTheConfiguredOriginsToReadEveryAnswer() {
        TestStream stream = open.serve(request(open, "GET", "/health"));
        assertThat(stream.field("Access-Control-Allow-Origin")).isEqualTo("*");
        TestStream preflight =
                open.serve(
                        request(
                                open,
                                "OPTIONS",
                                "/events/t",
                                "Origin",
                                "http://a.example",
                                "Access-Control-Request-Method",
                                "GET"));
        assertThat(preflight.told).containsExactly("204 No Content");
        assertThat(preflight.field("Access-Control-Max-Age")).isEqualTo("600");
    }

    private static TestStream request(
            TestListener state, String method, String target, String... fields) {
        TestStream stream = TestStream.of(state.loop(), method, target, fields);
        stream.head().headers().add("Host", "localhost");
        return stream;
    }
}
