package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendSilence;
import io.spillgate.it.stress.Transports;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.Stream;

/// Whatever goes wrong with a backend has a status, a sentence, a line in the log and a number.
final class CausesTest {
    /// What a backend does, and what is said about it.
    record Case(String cause, int status, String keys, Backend.Script script) {
        @Override
        public String toString() {
            return cause;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("reset", 502, "max-retries = 0", (request, reply) -> reply.close()),
                new Case("reset", 502, "max-retries = 0", (request, reply) -> reply.reset()),
                new Case(
                        "timeout",
                        504,
                        "max-request-timeout = \"200ms\"",
                        (request, reply) -> reply.hang()),
                new Case(
                        "idle",
                        504,
                        "client.idle-timeout = \"200ms\"",
                        (request, reply) -> reply.hang()),
                new Case(
                        "protocol",
                        502,
                        "",
                        (request, reply) -> reply.sendLines("garbage, not HTTP\n\n")),
                new Case(
                        "truncated",
                        502,
                        "",
                        (request, reply) -> {
                            reply.sendLines("HTTP/1.1 200 OK\nContent-");
                            reply.close();
                        }),
                new Case(
                        "too_large",
                        502,
                        "client.parsing.max-content-length = 1",
                        (request, reply) -> reply.ok("too much")));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void areToldInTheAnswerTheLogAndTheMetrics(Case one) {
        try (Backend backend = Backend.start(one.script());
                PoolGateway gateway = PoolGateway.to(backend, one.keys())) {
            expect(gateway, one.cause(), one.status());
        }
    }

    /// The names of system calls and the numbers of errors are no words.
    @ParameterizedTest
    @MethodSource("ends")
    void sayInWordsWhoEndedTheConnection(String io, String begun, boolean byReset) {
        Backend.Script script =
                (request, reply) -> {
                    reply.send(begun);
                    if (byReset) {
                        reply.reset();
                    } else {
                        reply.close();
                    }
                };
        try (Backend backend = Backend.start(script);
                LogLines log = new LogLines(Level.DEBUG);
                PoolGateway gateway =
                        new PoolGateway(
                                "http.io = \""
                                        + io
                                        + "\"\n"
                                        + PoolGateway.destination(
                                                "x", List.of(backend.address()), "max-retries = 0"),
                                "x")) {
            String did = "the backend " + (byReset ? "reset" : "closed") + " the connection";
            String what =
                    begun.isEmpty()
                            ? "reset: x: no answer: " + did
                            : "truncated: x: the answer ended before its end: " + did;
            // With io_uring the reset behind bytes only shows as an end.
            String text = gateway.get("why").text().strip();
            assertThat(text).isIn(what, begun.isEmpty() ? what : what.replace("reset", "closed"));
            log.await("proxy_failed", text.substring(text.indexOf("x: ")));
        }
    }

    static Stream<Arguments> ends() {
        return Transports.available()
                .flatMap(io ->
                        Stream.of("", "HTTP/1.1 200 OK\r\n")
                                .flatMap(begun ->
                                        Stream.of(true, false)
                                                .map(reset -> Arguments.of(io, begun, reset))));
    }

    @Test
    void areToldWhenNobodyListens() {
        try (Backend backend = Backend.saying("");
                PoolGateway gateway =
                        PoolGateway.to(backend, "base-connection-backoff = \"1 hour\"")) {
            backend.refuse();
            expect(gateway, "connect_refused", 502);
            expect(gateway, "backoff", 502);
        }
    }

    @Test
    void areToldWhenNobodyAnswers() {
        try (BackendSilence silence = BackendSilence.start();
                PoolGateway gateway =
                        PoolGateway.to(
                                List.of(silence.address()), "connecting-timeout = \"200ms\"")) {
            expect(gateway, "connect_timeout", 504);
        }
    }

    @Test
    void areToldWhenTheNameIsUnknown() {
        try (Names names = new Names();
                PoolGateway gateway =
                        PoolGateway.to(List.of("nowhere.test:80"), "client." + names.key())) {
            expect(gateway, "resolve", 502);
        }
    }

    @Test
    void areToldWhenTheQueueIsFull() {
        try (Backend backend = Backend.start((request, reply) -> reply.hang());
                PoolGateway gateway =
                        PoolGateway.to(
                                backend,
                                "backend-connections-per-ip-port = 1\nqueue-size-for-503 = 0")) {
            gateway.ask("running");
            backend.awaitRequests(1);
            expect(gateway, "queue_full", 503);
        }
    }

    @Test
    void areToldWhenTheWaitIsTooLong() {
        try (Backend backend = Backend.start((request, reply) -> reply.hang());
                PoolGateway gateway =
                        PoolGateway.to(
                                backend,
                                "backend-connections-per-ip-port = 1\nqueue-timeout = \"100ms\"")) {
            gateway.ask("running");
            backend.awaitRequests(1);
            expect(gateway, "queue_timeout", 503);
        }
    }

    /// Refusals of a full pool are logged for those only who want to know everything.
    private static void expect(PoolGateway gateway, String cause, int status) {
        try (LogLines log = new LogLines(Level.DEBUG)) {
            Answer answer = gateway.get("why");
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.header("Content-Type")).startsWith("text/plain");
            assertThat(answer.text()).isNotBlank();
            assertThat(gateway.failures(cause)).isEqualTo(1);
            log.awaitIgnoringCase("=x ", "cause=" + cause);
        }
    }
}
