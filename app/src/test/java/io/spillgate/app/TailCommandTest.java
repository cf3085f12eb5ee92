package io.spillgate.app;

import static io.spillgate.app.ScriptedServer.answers;
import static io.spillgate.app.ScriptedServer.streams;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.spillgate.app.ScriptedServer.Scene;
import io.spillgate.client.EventSource;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

@Timeout(30)
class TailCommandTest {
    private static final String STREAM_HEAD =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    private static final Scene NOTHING_MORE = answers("HTTP/1.1 204 No Content\r\n\r\n");

    private static final Pattern CONTROLS =
            Pattern.compile(".*[\\p{Cc}&&[^\\n\\t]].*", Pattern.DOTALL);

    private final List<Duration> pauses = new ArrayList<>();

    @Test
    void printsEventsAsTheyStandOnTheWire() throws IOException {
        String events =
                """
                :ok

                retry: 2000

                id: 7-1
                event: tick
                data: one
                data: two

                data:

                """;
        CommandRun run = tail(streams(events), NOTHING_MORE);
        assertThat(run.out())
                .isEqualTo(
                        """
                        id: 7-1
                        event: tick
                        data: one
                        data: two

                        id: 7-1
                        data:\s

                        """);
    }

    @Test
    void printsOneJsonObjectForEachEvent() throws IOException {
        String events =
                "id: 7-1\ntopic: a\nevent: tick\ndata: say \"hé\"\ndata: \\ \u0001\n\ndata: b\n\n";
        CommandRun run = tail(List.of("--json"), streams(events), NOTHING_MORE);
        assertThat(run.out())
                .isEqualTo(
                        """
                        {"id":"7-1","topic":"a","event":"tick","data":"say \\"hé\\"\\n\\\\ \\u0001"}
                        {"id":"7-1","event":"message","data":"b"}
                        """);
    }

    /// A publisher may be hostile, and a terminal obeys what it prints.
    @Test
    void printsNoControlCharacterButTabs() throws IOException {
        String events =
                "id: 7-\u001b[2J\n"
                        + "event: t\u009b31m\n"
                        + "data: a\tb\u001b]0;owned\u0007\u007f\u0085\u0001\n\n"
                        + "event: stream-gap\n"
                        + "data: {\u001b[1m}\n\n";
        CommandRun run = tail(streams(events), NOTHING_MORE);
        assertThat(run.out())
                .isEqualTo(
                        """
                        id: 7-\\u001b[2J
                        event: t\\u009b31m
                        data: a\tb\\u001b]0;owned\\u0007\\u007f\\u0085\\u0001

                        """);
        assertThat(run.out() + run.err()).doesNotMatch(CONTROLS);
    }

    @Test
    void escapesWhatTheGatewaySaysOfAGap() throws IOException {
        String gap = "event: stream-gap\ndata: {\u001b[1m\u009b}\n\n";
        CommandRun run = tail(streams(gap), NOTHING_MORE);
        assertThat(run.err()).contains("events are missing here: {\\u001b[1m\\u009b}");
        assertThat(run.err()).doesNotMatch(CONTROLS);
    }

    @Test
    void escapesWhyAServerRefuses() throws IOException {
        CommandRun run =
                tail(
                        answers(
                                "HTTP/1.1 403 Forbidden\r\n"
                                        + "Content-Length: 7\r\n\r\n"
                                        + "\u001b[2Jno\u007f"));
        assertThat(run.err()).contains("\\u001b[2Jno\\u007f").doesNotMatch(CONTROLS);
    }

    @Test
    void escapesControlCharactersInJson() throws IOException {
        String events = "id: \u007f\nevent: \u009b\ndata: \u001b\u0085\u007f\n\n";
        assertThat(tail(List.of("--json"), streams(events), NOTHING_MORE).out())
                .isEqualTo(
                        """
                        {"id":"\\u007f","event":"\\u009b","data":"\\u001b\\u0085\\u007f"}
                        """);
    }

    @Test
    void asksForAllTopicsInOneStream() throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(NOTHING_MORE))) {
            run(List.of("--url", server.url(), "--json", "a/b", "c&d"));
            assertThat(server.head())
                    .startsWith("GET /events?fields=topic&topic=a%2Fb&topic=c%26d HTTP/1.1\r\n")
                    .containsIgnoringCase("\r\nAccept: text/event-stream\r\n")
                    .doesNotContainIgnoringCase("Last-Event-ID");
        }
    }

    @Test
    void subscribesBelowThePathOfTheAddress() throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(NOTHING_MORE))) {
            run(List.of("--url", server.url() + "/hub/", "a"));
            assertThat(server.head()).startsWith("GET /hub?topic=a HTTP/1.1\r\n");
        }
    }

    @Test
    void resumesAfterTheLastEvent() throws Exception {
        Scene first = streams("id: 7-1\ndata: a\n\nid: 7-2\ndata: b\n\nid: 7-3\ndata: cut");
        try (ScriptedServer server = new ScriptedServer(List.of(first, NOTHING_MORE))) {
            run(List.of("--url", server.url(), "a"));
            server.head();
            assertThat(server.head()).containsIgnoringCase("\r\nLast-Event-ID: 7-2\r\n");
        }
    }

    @Test
    void keepsTheIdOverAStreamThatBroughtNone() throws Exception {
        Scene first = streams("id: 7-1\ndata: a\n\n");
        Scene second = streams(":ok\n\n");
        try (ScriptedServer server = new ScriptedServer(List.of(first, second, NOTHING_MORE))) {
            run(List.of("--url", server.url(), "a"));
            server.head();
            server.head();
            assertThat(server.head()).containsIgnoringCase("\r\nLast-Event-ID: 7-1\r\n");
        }
    }

    @Test
    void beginsAfterTheGivenId() throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(NOTHING_MORE))) {
            run(List.of("--url", server.url(), "--last-event-id", "earliest", "a"));
            assertThat(server.head()).containsIgnoringCase("\r\nLast-Event-ID: earliest\r\n");
        }
    }

    @Test
    void sendsAnIdThatAHeaderCannotCarryInTheAddress() throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(NOTHING_MORE))) {
            run(List.of("--url", server.url(), "--last-event-id", "é 1", "a"));
            assertThat(server.head())
                    .startsWith("GET /events?topic=a&last_event_id=%C3%A9%201 HTTP/1.1\r\n");
        }
    }

    @Test
    void waitsAsLongAsTheServerAskedAndUpToHalfMore() throws IOException {
        tail(streams("retry: 8000\n\ndata: a\n\n"), NOTHING_MORE);
        assertThat(pauses).singleElement().satisfies(TailCommandTest::isEightToTwelveSeconds);
    }

    @Test
    void comesBackWhenTheServerIsBusyAndNotBeforeItSaid() throws IOException {
        CommandRun run =
                tail(
                        answers("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 60\r\n\r\nfull"),
                        streams("data: a\n\n"),
                        NOTHING_MORE);
        assertThat(pauses.getFirst()).isEqualTo(Duration.ofSeconds(60));
        assertThat(run.err()).contains("answers 503: full; again in 60.0 s");
        assertThat(run.out()).isEqualTo("data: a\n\n");
    }

    @Test
    void keepsTryingWhileNobodyListens() throws IOException {
        String url;
        try (ScriptedServer gone = new ScriptedServer(List.of())) {
            url = gone.url();
        }
        TailCommand command = new TailCommand(this::closeAtTheFifth);
        CommandRun run = CommandRun.of(command, "--url", url, "a");
        assertThat(pauses).hasSize(5);
        assertThat(pauses.getLast()).isGreaterThan(Duration.ofSeconds(20));
        assertThat(run.err())
                .contains("cannot reach " + url + "/events?topic=a: ")
                .contains(" (CONNECT_REFUSED); again in ");
    }

    @Test
    void tellsWhatIsMissingOnStandardError() throws IOException {
        String events =
                "id: 7-1\ndata: a\n\nevent: stream-gap\ndata: {\"reason\":\"overflow\"}\n\n";
        CommandRun run = tail(streams(events), NOTHING_MORE);
        assertThat(run.out()).isEqualTo("id: 7-1\ndata: a\n\n");
        assertThat(run.err()).contains("events are missing here: {\"reason\":\"overflow\"}\n");
    }

    @Test
    void tellsAMissingStartOnStandardError() throws IOException {
        String events = "event: stream-gap\ndata: {\"reason\":\"restarted\"}\n\n";
        CommandRun run = tail(streams(events), NOTHING_MORE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("events are missing here: {\"reason\":\"restarted\"}\n");
    }

    @Test
    void printsAnEventOfAPublisherThatIsNamedLikeANotice() throws IOException {
        CommandRun run = tail(streams("id: 7-1\nevent: stream-gap\ndata: mine\n\n"), NOTHING_MORE);
        assertThat(run.out()).isEqualTo("id: 7-1\nevent: stream-gap\ndata: mine\n\n");
    }

    @Test
    void tellsAShutdownOnStandardError() throws IOException {
        String events = "retry: 1000\nevent: server-shutdown\ndata: {\"reconnect\":true}\n\n";
        CommandRun run = tail(streams(events), NOTHING_MORE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("the gateway shuts down");
    }

    @Test
    void printsGapsAsObjectsWhereTheyAreWithJson() throws IOException {
        String events =
                "id: 7-1\n"
                        + "data: a\n\n"
                        + "event: stream-gap\n"
                        + "data: {\"reason\":\"overflow\",\n"
                        + "data: \"dropped\": 3}\n\n"
                        + "id: 7-5\n"
                        + "data: b\n\n"
                        + "event: stream-gap\n"
                        + "data: {\u001b[1m\n\n";
        CommandRun run = tail(List.of("--json"), streams(events), NOTHING_MORE);
        assertThat(run.out())
                .isEqualTo(
                        """
                        {"id":"7-1","event":"message","data":"a"}
                        {"gap":{"dropped":3,"reason":"overflow"}}
                        {"id":"7-5","event":"message","data":"b"}
                        {"gap":"{\\u001b[1m"}
                        """);
        assertThat(run.err()).doesNotContain("missing");
    }

    @Test
    void endsAfterSoManyEvents() throws IOException {
        String events = "event: stream-gap\ndata: {}\n\ndata: a\n\ndata: b\n\ndata: c\n\n";
        CommandRun run = tail(List.of("--count", "2"), streams(events));
        assertThat(run.status()).isZero();
        assertThat(run.out()).isEqualTo("data: a\n\ndata: b\n\n");
    }

    @Test
    void endsAfterSoMuchTime() throws IOException {
        CommandRun run = tail(List.of("--max-time", "0.3"), silent("data: a\n\n"));
        assertThat(run).isEqualTo(new CommandRun(0, "data: a\n\n", ""));
    }

    @Test
    void failsWhenTheTimeIsOverBeforeTheCount() throws IOException {
        List<String> options = List.of("--max-time", "0.3", "--count", "2");
        CommandRun run = tail(options, silent("data: a\n\n"));
        assertThat(run).isEqualTo(new CommandRun(1, "data: a\n\n", ""));
    }

    @Test
    void sendsTokenAndHeadersAtEveryTry() throws Exception {
        Scene first = streams("data: a\n\n");
        try (ScriptedServer server = new ScriptedServer(List.of(first, NOTHING_MORE))) {
            run(List.of("--url", server.url(), "--token", "secret12", "--header", "X-A:b", "a"));
            for (int i = 0; i < 2; i++) {
                assertThat(server.head())
                        .containsIgnoringCase("\r\nAuthorization: Bearer secret12\r\n")
                        .containsIgnoringCase("\r\nX-A: b\r\n");
            }
        }
    }

    @Test
    void refusesACountOrATimeThatIsNone() {
        assertThat(run(List.of("--count", "0", "a")).status()).isEqualTo(ExitCode.USAGE);
        assertThat(run(List.of("--max-time", "0", "a")).status()).isEqualTo(ExitCode.USAGE);
        assertThat(run(List.of("--max-time", "NaN", "a")).status()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void endsWhenThereIsNothingMore() throws IOException {
        CommandRun run = tail(NOTHING_MORE);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("nothing more (204)");
    }

    @Test
    void endsWithTheReasonWhenRefused() throws IOException {
        CommandRun run =
                tail(answers("HTTP/1.1 400 Bad Request\r\nContent-Length: 8\r\n\r\ntoo long"));
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("answers 400: too long");
        assertThat(pauses).isEmpty();
    }

    @Test
    void doesNotFollowARedirectionAndTellsWhereItGoes() throws IOException {
        CommandRun run = tail(answers("HTTP/1.1 301 Moved\r\nLocation: http://elsewhere/\r\n\r\n"));
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("answers 301, go to http://elsewhere/");
    }

    @Test
    void connectsAgainWhenNothingComes() throws IOException {
        CommandRun run = tail(List.of("--read-timeout", "1"), silent(""), NOTHING_MORE);
        assertThat(run.err()).contains("nothing came for 1s; again in");
    }

    @Test
    void refusesATimeThatIsNegative() {
        CommandRun run = run(List.of("--read-timeout", "-1", "a"));
        assertThat(run.status()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--read-timeout must not be negative");
    }

    @Test
    void refusesWhatIsNotAnEventStream() throws IOException {
        CommandRun run = tail(answers("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>"));
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("is not an event stream but text/html");
    }

    private static void isEightToTwelveSeconds(Duration pause) {
        assertThat(pause).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(12));
    }

    /// A stream that says no more and stays open.
    private static Scene silent(String events) {
        return (body, peer) -> {
            peer.getOutputStream().write((STREAM_HEAD + events).getBytes(US_ASCII));
            assertThat(body.read()).isEqualTo(-1);
        };
    }

    private void skip(Duration time, EventSource source) {
        pauses.add(time);
        source.reconnect();
    }

    private void closeAtTheFifth(Duration time, EventSource source) {
        skip(time, source);
        if (pauses.size() == 5) {
            source.close();
        }
    }

    private CommandRun tail(Scene... script) throws IOException {
        return tail(List.of(), script);
    }

    private CommandRun tail(List<String> options, Scene... script) throws IOException {
        try (ScriptedServer server = new ScriptedServer(List.of(script))) {
            List<String> arguments = new ArrayList<>(options);
            arguments.addAll(List.of("--url", server.url(), "a"));
            return run(arguments);
        }
    }

    private CommandRun run(List<String> arguments) {
        return CommandRun.of(new TailCommand(this::skip), arguments.toArray(String[]::new));
    }
}
