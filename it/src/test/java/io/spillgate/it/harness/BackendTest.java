package io.spillgate.it.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.CountDownLatch;

/// The scripted backend sees and says exactly what it claims to.
final class BackendTest {
    private static final String GET = "GET /1 HTTP/1.1\nHost: a\n\n";

    @Test
    void remembersEachRequestByteByByte() {
        try (Backend backend = Backend.saying("hi");
                Wire wire = wire(backend)) {
            String first = "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n";
            String second = "PUT /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
            wire.send(first + "abc" + second + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
            assertThat(wire.answer().body()).isEqualTo("hi");
            assertThat(wire.answer().body()).isEqualTo("hi");
            assertThat(backend.await(1).head()).isEqualTo(first);
            assertThat(backend.await(1).body()).isEqualTo("abc");
            assertThat(backend.await(2).head()).isEqualTo(second);
            assertThat(backend.await(2).body()).isEqualTo("abcde");
            assertThat(backend.await(2).rawBody()).isEqualTo("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
            assertThat(backend.await(2).connection()).isEqualTo(1);
        }
    }

    @Test
    void answersPipelinedRequestsInOrderAndCountsThem() {
        CountDownLatch go = new CountDownLatch(1);
        try (Backend backend =
                        Backend.start((request, reply) -> {
                            go.await();
                            reply.ok(request.target());
                        });
                Wire wire = wire(backend)) {
            wire.sendLines(GET + GET.replace(" /1", " /2"));
            backend.awaitRequests(2);
            assertThat(backend.mostInFlight()).isEqualTo(2);
            go.countDown();
            assertThat(wire.answer().body() + wire.answer().body()).isEqualTo("/1/2");
            wire.halfClose().expectEnd();
            backend.awaitOpen(0);
            assertThat(backend.total()).isEqualTo(1);
        }
    }

    @Test
    void readsABodyWhileItsScriptRuns() {
        try (Backend backend =
                        Backend.start(
                                Backend.Reading.AT_HEAD, (request, reply) -> reply.ok("early"));
                Wire wire = wire(backend)) {
            wire.sendLines("POST / HTTP/1.1\nHost: a\nContent-Length: 3\n\n");
            assertThat(wire.answer().body()).isEqualTo("early");
            wire.send("abc");
            assertThat(backend.await(1).body()).isEqualTo("abc");
        }
    }

    @Test
    void resetsAndCloses() {
        try (Backend backend =
                Backend.start((request, reply) -> {
                    if (request.target().equals("/1")) {
                        reply.reset();
                    }
                    reply.close();
                })) {
            try (Wire wire = wire(backend)) {
                assertThat(wire.sendLines(GET).endsByReset()).isTrue();
            }
            try (Wire wire = wire(backend)) {
                assertThat(wire.sendLines(GET.replace(" /1", " /2")).endsByReset()).isFalse();
            }
        }
    }

    @Test
    void refusesAndTakesConnectionsAgainOnTheSamePort() {
        try (Backend backend = Backend.saying("hi")) {
            backend.refuse();
            assertThatThrownBy(() -> wire(backend).close())
                    .hasRootCauseMessage("Connection refused");
            backend.accept();
            try (Wire wire = wire(backend)) {
                assertThat(wire.sendLines(GET).answer().body()).isEqualTo("hi");
                backend.hangUp();
                wire.expectEnd();
            }
        }
    }

    @Test
    void complainsWhenItGotWhatIsNotHttp() {
        Backend backend = Backend.saying("hi");
        try (Wire wire = wire(backend)) {
            wire.send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").expectEnd();
        }
        backend.awaitOpen(0);
        assertThatThrownBy(backend::close)
                .hasRootCauseMessage(
                        "Host is there 2 times: GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
    }

    @Test
    void canBeAnAddressWhereNothingAnswers() throws Exception {
        try (BackendSilence silence = BackendSilence.start();
                Socket socket = new Socket()) {
            assertThatThrownBy(() -> socket.connect(silence.socketAddress(), 500))
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }

    private static Wire wire(Backend backend) {
        return Wire.to(backend.socketAddress());
    }
}
