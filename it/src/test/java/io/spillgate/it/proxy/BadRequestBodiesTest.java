package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bodies of requests that end wrongly or not at all: a backend never sees a complete request.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class BadRequestBodiesTest {
    private static final String CHUNKED =
            "POST /bad HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n";

    @AutoClose
    private final ProxyGateway gateway =
            ProxyGateway.start(
                    Backend.start(
                            Backend.Reading.AT_HEAD,
                            (request, reply) -> {
                                if (request.target().equals("/bad")) {
                                    reply.hang();
                                } else {
                                    request.body();
                                    reply.ok("good");
                                }
                            }));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0x5\r\nhello\r\n0\r\n\r\n",
                "-5\r\nhello\r\n0\r\n\r\n",
                "+5\r\nhello\r\n0\r\n\r\n",
                "\r\nhello\r\n0\r\n\r\n",
                " 5\r\nhello\r\n0\r\n\r\n",
                "\t5\r\nhello\r\n0\r\n\r\n",
                "5 x\r\nhello\r\n0\r\n\r\n",
                "5,5\r\nhello\r\n0\r\n\r\n",
                "5_0\r\nhello\r\n0\r\n\r\n",
                "g\r\nhello\r\n0\r\n\r\n",
                "-0\r\n\r\n",
                "00x\r\n\r\n",
                "FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
                "10000000000000005\r\nhello\r\n0\r\n\r\n",
                "100000005x\r\nhello\r\n0\r\n\r\n",
                "5\nhello\r\n0\r\n\r\n",
                "5\rhello\r\n0\r\n\r\n",
                "5\r\r\nhello\r\n0\r\n\r\n",
                "5\r\nhello\n0\r\n\r\n",
                "5\r\nhello\r0\r\n\r\n",
                "5\r\nhello0\r\n\r\n",
                "5\r\nhello!\r\n0\r\n\r\n",
                "5\r\nhello\r\n\r\n0\r\n\r\n",
                "5;a\nb\r\nhello\r\n0\r\n\r\n",
                "5;a\rb\r\nhello\r\n0\r\n\r\n",
                "5;\nhello\r\n0\r\n\r\n",
                "5;a=\"\r\n\"\r\nhello\r\n0\r\n\r\n",
                "5;a=\u0000\r\nhello\r\n0\r\n\r\n",
                "5\u0000\r\nhello\r\n0\r\n\r\n",
                "5\r\nhello\r\n0\n\r\n",
                "5\r\nhello\r\n0\r\n\n",
                "5\r\nhello\r\n0\r\nA : b\r\n\r\n",
                "5\r\nhello\r\n0\r\nA: b\r\n c\r\n\r\n",
                "5\r\nhello\r\n0\r\nA: b\n\r\n",
                "5\r\nhello\r\n0\r\nA: b\u0000\r\n\r\n",
                "5\r\nhello\r\n0\r\nA\r\n\r\n",
            })
    void refusesTheChunksAndNeverCompletesTheRequest(String body) {
        try (Wire wire = gateway.connect()) {
            expectRefusal(wire.send(CHUNKED + body + SMUGGLED));
        }
        expectNothingComplete();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-5\r\nhello\r\n0\r\n\r\n",
                "g\r\n",
                "0\r\nA : b\r\n\r\n",
                "5\r\nhello!\r\n0\r\n\r\n",
                "5;a\nb\r\nhello\r\n0\r\n\r\n",
                "FFFFFFFFFFFFFFFFF\r\n",
            })
    void cutsTheRequestWhenTheChunksGoWrongLater(String body) {
        try (Wire wire = gateway.connect()) {
            wire.send(CHUNKED + "5\r\nfirst\r\n");
            BackendRequest request = gateway.backend().await(1);
            Await.until("the first chunk came", () -> request.bodySoFar().equals("first"));
            expectRefusal(wire.send(body + SMUGGLED));
        }
        gateway.backend().awaitOpen(0);
        expectNothingComplete();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
                "Content-Length: 10\r\n\r\nhello",
                "Content-Length: 10\r\n\r\n",
            })
    void cutsTheRequestWhenTheClientLeavesBeforeItsEnd(String rest) {
        try (Wire wire = gateway.connect()) {
            wire.send("POST /bad HTTP/1.1\r\nHost: test\r\n" + rest);
            gateway.backend().awaitRequests(1);
        }
        gateway.backend().awaitOpen(0);
        expectNothingComplete();
    }

    @Test
    void takesWhatLooksLikeARequestForTheBodyThatItIs() {
        String body = "GET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n";
        try (Wire wire = gateway.connect()) {
            wire.send("POST /one HTTP/1.1\r\nHost: test\r\nContent-Length: " + body.length());
            assertThat(wire.send("\r\n\r\n" + body).answer().status()).isEqualTo(200);
            wire.send("POST /two HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
            wire.send(Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n");
            assertThat(wire.answer().status()).isEqualTo(200);
        }
        assertThat(gateway.backend().requests())
                .extracting(BackendRequest::target)
                .containsExactly("/one", "/two");
        assertThat(gateway.backend().await(1).body()).isEqualTo(body);
        assertThat(gateway.backend().await(2).body()).isEqualTo(body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "005\r\nhello\r\n000\r\n\r\n",
                "5;name=value\r\nhello\r\n0;last\r\n\r\n",
                "5;name=\"quoted ; value\"\r\nhello\r\n0\r\n\r\n",
                "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
                "5\r\nhello\r\n0\r\nContent-Length: 99\r\nTransfer-Encoding: x\r\nHost: y\r\n\r\n",
            })
    void passesOnWellFormedChunksWithoutTheirOddities(String body) {
        try (Wire wire = gateway.connect()) {
            wire.send(CHUNKED.replace("/bad", "/fine") + body);
            assertThat(wire.answer().body()).isEqualTo("good");
            assertThat(gateway.backend().await(1).body()).isEqualTo("hello");
            assertThat(gateway.backend().await(1).rawBody())
                    .doesNotContain(";", "quoted", "Content-Length", "Transfer-Encoding", "Host");
            wire.sendLines("GET /next HTTP/1.1\nHost: test\n\n");
            assertThat(wire.answer().body()).isEqualTo("good");
        }
        assertThat(gateway.backend().requests()).hasSize(2);
    }

    private static void expectRefusal(Wire wire) {
        Answer answer = wire.answer();
        assertThat(answer.status()).as("%s", answer).isEqualTo(400);
        assertThat(answer.header("Connection")).isEqualTo("close");
        wire.expectEnd();
    }

    private void expectNothingComplete() {
        assertThat(gateway.get("/good").body()).isEqualTo("good");
        for (BackendRequest request : gateway.backend().requests()) {
            assertThat(request.target()).isIn("/bad", "/good");
            if (request.target().equals("/bad")) {
                request.awaitEnd();
                assertThat(request.isWhole()).as("%s", request).isFalse();
            }
        }
    }
}
