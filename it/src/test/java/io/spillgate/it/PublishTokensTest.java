package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.TestGateway;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who may publish on the public listener.
final class PublishTokensTest {
    private static TestGateway closed;
    private static TestGateway open;

    @BeforeAll
    static void start() {
        closed = TestGateway.start("");
        open = TestGateway.start("hub.publish_tokens = [\"first-token\", \"other-token\"]");
    }

    @AfterAll
    static void stop() {
        closed.close();
        open.close();
    }

    @Test
    void nobodyMayWhereNoTokenIsConfiguredAndTheAnswerSaysHowToAllowIt() {
        Answer answer = closed.ask(publish("Authorization: Bearer first-token"));
        assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 403 Forbidden");
        assertThat(answer.text()).contains("hub.publish_tokens");
    }

    @ParameterizedTest
    @ValueSource(strings = {"first-token", "other-token"})
    void whoeverHasATokenMay(String token) {
        try (EventStream stream = open.subscribe("/events/t")) {
            assertThat(open.ask(publish("Authorization: Bearer " + token)).status()).isEqualTo(200);
            assertThat(stream.event().data()).isEqualTo("hello");
        }
    }

    @Test
    void readsTheSchemeInAnyCase() {
        assertThat(open.ask(publish("Authorization: bearer first-token")).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "A: b",
                "Authorization: Bearer",
                "Authorization: Bearer wrong-token",
                "Authorization: Bearer first-toke",
                "Authorization: Bearer first-tokens",
                "Authorization: Basic first-token",
                "Authorization: first-token",
            })
    void othersAreAskedForOneAndNothingIsPublished(String header) {
        try (EventStream stream = open.subscribe("/events/t")) {
            Answer answer = open.ask(publish(header));
            assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 401 Unauthorized");
            assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
            open.publish("t", "the next");
            assertThat(stream.event().data()).isEqualTo("the next");
        }
    }

    @Test
    void theAdminListenerAsksForNone() {
        assertThat(closed.askAdmin(publish("A: b")).status()).isEqualTo(200);
        assertThat(open.askAdmin(publish("A: b")).status()).isEqualTo(200);
    }

    private static String publish(String header) {
        return "POST /events/t HTTP/1.1\nHost: test\nContent-Length: 5\n" + header + "\n\nhello";
    }
}
