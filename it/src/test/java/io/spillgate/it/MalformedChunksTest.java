package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Chunked bodies that break RFC 9112 section 7.1: nothing of them reaches the hub.
final class MalformedChunksTest {
    private static final String HEAD =
            """
            POST /events/chunks HTTP/1.1
            Host: test
            Authorization: Bearer open-sesame
            Content-Type: text/plain
            Transfer-Encoding: chunked

            """
                    .replace("\n", "\r\n");

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("hub.publish_tokens = [\"open-sesame\"]");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0x5\r\nhello\r\n0\r\n\r\n",
                "-5\r\nhello\r\n0\r\n\r\n",
                "+5\r\nhello\r\n0\r\n\r\n",
                "\r\nhello\r\n0\r\n\r\n",
                " 5\r\nhello\r\n0\r\n\r\n",
                "5 x\r\nhello\r\n0\r\n\r\n",
                "5_0\r\nhello\r\n0\r\n\r\n",
                "g\r\nhello\r\n0\r\n\r\n",
                "FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
                "5\nhello\r\n0\r\n\r\n",
                "5\rhello\r\n0\r\n\r\n",
                "5\r\nhello\n0\r\n\r\n",
                "5\r\nhello0\r\n\r\n",
                "5\r\nhello!\r\n0\r\n\r\n",
                "5;a\nb\r\nhello\r\n0\r\n\r\n",
                "5;a=\"\r\n\"\r\nhello\r\n0\r\n\r\n",
                "5;a=\u0000\r\nhello\r\n0\r\n\r\n",
                "5\r\nhello\r\n0\r\nA : b\r\n\r\n",
                "5\r\nhello\r\n0\r\nA: b\r\n c\r\n\r\n",
                "5\r\nhello\r\n0\r\nA: b\n\r\n",
            })
    void refusesTheBodyAndPublishesNothing(String body) {
        try (EventStream stream = gateway.subscribe("/events/chunks");
                Wire wire = gateway.connect()) {
            Answer answer = wire.send(HEAD + body).answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.header("Connection")).isEqualTo("close");
            wire.expectEnd();
            gateway.publish("chunks", "the next");
            assertThat(stream.event().data()).isEqualTo("the next");
        }
    }

    @Test
    void refusesChunkExtensionsBeyondAllMeasure() {
        try (Wire wire = gateway.connect()) {
            wire.send(HEAD + "5;a=");
            wire.trySend("b".repeat(70_000));
            assertThat(wire.answer().status()).isIn(400, 413);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5\r\nhello\r\n0\r\n\r\n",
                "005\r\nhello\r\n000\r\n\r\n",
                "5;name=value\r\nhello\r\n0;last\r\n\r\n",
                "5;name=\"quoted ; value\"\r\nhello\r\n0\r\n\r\n",
                "2\r\nhe\r\n3\r\nllo\r\n0\r\nTrailer-Field: dropped\r\n\r\n",
            })
    void takesAWellFormedBody(String body) {
        try (EventStream stream = gateway.subscribe("/events/chunks");
                Wire wire = gateway.connect()) {
            assertThat(wire.send(HEAD + body).answer().status()).isEqualTo(200);
            assertThat(stream.event().data()).isEqualTo("hello");
        }
    }

    @Test
    void takesABodyThatComesByteByByte() {
        try (EventStream stream = gateway.subscribe("/events/chunks");
                Wire wire = gateway.connect()) {
            for (char b : (HEAD + "5\r\nhello\r\n0\r\n\r\n").toCharArray()) {
                wire.send(String.valueOf(b));
            }
            assertThat(wire.answer().status()).isEqualTo(200);
            assertThat(stream.event().data()).isEqualTo("hello");
        }
    }
}
