package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Upload;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// `max_body_size`: of a published body, and of one event of a published stream.
final class BodyLimitsTest {
    private static final String CHUNKED =
            """
            POST /events/t HTTP/1.1
            Host: test
            Transfer-Encoding: chunked

            """
                    .replace("\n", "\r\n");

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("http.max_body_size = \"1KiB\"");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void takesABodyOfExactlyTheLimit() {
        try (EventStream stream = gateway.subscribe("/events/exact")) {
            gateway.publish("exact", "a".repeat(1024));
            assertThat(stream.event().data()).isEqualTo("a".repeat(1024));
        }
    }

    @Test
    void refusesABodyOfOneByteMore() {
        try (Publisher publisher = gateway.publisher()) {
            Answer answer = publisher.post("t", "text/plain", "a".repeat(1025));
            assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 413 Request Entity Too Large");
        }
    }

    @Test
    void refusesADeclaredLengthBeforeTheBodyComes() {
        try (Wire wire = gateway.connectAdmin()) {
            wire.sendLines("POST /events/t HTTP/1.1\nHost: test\nContent-Length: 1025\n\n");
            assertThat(wire.answer().status()).isEqualTo(413);
            wire.expectEnd();
        }
    }

    @Test
    void takesAChunkedBodyOfExactlyTheLimit() {
        try (Wire wire = gateway.connectAdmin()) {
            String half = "200\r\n" + "a".repeat(512) + "\r\n";
            wire.send(CHUNKED + half + half + "0\r\n\r\n");
            assertThat(wire.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void refusesAChunkedBodyAsSoonAsItIsTooLarge() {
        try (Wire wire = gateway.connectAdmin()) {
            wire.send(CHUNKED + "200\r\n" + "a".repeat(512) + "\r\n201\r\n" + "a".repeat(513));
            assertThat(wire.answer().status()).isEqualTo(413);
            wire.expectEnd();
        }
    }

    @Test
    void aStreamOfEventsMayBeLongerThanTheLimit() {
        try (Upload upload = Upload.open(gateway.connectAdmin(), "long")) {
            for (int i = 0; i < 10; i++) {
                upload.send("data: " + "a".repeat(1000) + "\n\n");
            }
            assertThat(Publisher.count(upload.finish())).isEqualTo(10);
        }
    }

    @Test
    void refusesOneEventOfAStreamThatIsTooLarge() {
        try (Upload upload = Upload.open(gateway.connectAdmin(), "large")) {
            upload.send("data: fits\n\ndata: " + "a".repeat(4000) + "\n\n");
            Answer answer = upload.wire().answer();
            assertThat(answer.status()).isIn(400, 413);
            assertThat(Publisher.count(answer)).isEqualTo(1);
        }
    }
}
