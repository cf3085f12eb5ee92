package io.spillgate.app;

import static io.spillgate.app.ScriptedServer.answers;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.app.ScriptedServer.Scene;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

@Timeout(30)
class PublishCommandTest {
    private static final String ACCEPTED =
            "HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n{\"id\":\"7-3\",\"published\": 3 }\n";

    private final List<Duration> pauses = new ArrayList<>();
    private final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();

    @Test
    void sendsTheDataAndPrintsTheId() throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(reads(6)))) {
            CommandRun run = publish("", "--url", server.url(), "demo", "héllo");
            assertThat(run).isEqualTo(new CommandRun(0, "7-3\n", ""));
            assertThat(server.head())
                    .startsWith("POST /events/demo HTTP/1.1\r\n")
                    .containsIgnoringCase("\r\nContent-Length: 6\r\n")
                    .containsIgnoringCase("\r\nContent-Type: text/plain; charset=utf-8\r\n")
                    .doesNotContainIgnoringCase("Authorization");
            assertThat(bodies.take()).isEqualTo("héllo");
        }
    }

    @Test
    void printsNoControlCharacterOfAServer() throws Exception {
        String id = "{\"id\":\"7\\u001b[2J\\u009b\\n8\"}";
        String ok = "HTTP/1.1 200 OK\r\nContent-Length: " + id.length() + "\r\n\r\n" + id;
        String bad = "HTTP/1.1 400 No\r\nContent-Length: 6\r\n\r\n\u001b[2J\u007f\u0007";
        try (ScriptedServer server = new ScriptedServer(List.of(answers(ok), answers(bad)))) {
            String[] arguments = {"--url", server.url(), "demo"};
            assertThat(publish("", arguments))
                    .isEqualTo(new CommandRun(0, "7\\u001b[2J\\u009b\\n8\n", ""));
            CommandRun refused = publish("", arguments);
            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.err()).endsWith("answers 400: \\u001b[2J\\u007f\\u0007\n");
        }
    }

    @Test
    void sendsStandardInputForADash() throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(reads(4)))) {
            publish("a\nb\n", "--url", server.url(), "demo", "-");
            assertThat(bodies.take()).isEqualTo("a\nb\n");
        }
    }

    @Test
    void sendsAnEmptyEventWithoutData() throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(reads(0)))) {
            CommandRun run = publish("not read", "--url", server.url(), "demo");
            assertThat(run.status()).isZero();
            assertThat(server.head()).containsIgnoringCase("\r\nContent-Length: 0\r\n");
        }
    }

    @Test
    void sendsTypeIdAndToken() throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(reads(1)))) {
            String[] arguments = {
                "--url",
                server.url(),
                "--event",
                "a b",
                "--id",
                "x&y",
                "--token",
                "secret12",
                "t/é",
                "1"
            };
            publish("", arguments);
            assertThat(server.head())
                    .startsWith("POST /events/t/%C3%A9?event=a%20b&id=x%26y HTTP/1.1\r\n")
                    .containsIgnoringCase("\r\nAuthorization: Bearer secret12\r\n");
        }
    }

    @Test
    void takesDataThatBeginsWithAnAtSignLiterally() throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(reads(3)))) {
            CommandRun.of("publish", "--url", server.url(), "demo", "@me");
            assertThat(bodies.take()).isEqualTo("@me");
        }
    }

    @Test
    void uploadsAStreamWhileItIsWritten() throws Exception {
        Scene readsTwoPieces =
                (body, peer) -> {
                    bodies.add(readUntil(body, "data: a\n\n"));
                    bodies.add(readUntil(body, "0\r\n\r\n"));
                    write(peer, ACCEPTED);
                };
        try (ScriptedServer server = new ScriptedServer(List.of(readsTwoPieces));
                PipedOutputStream source = new PipedOutputStream();
                PipedInputStream input = new PipedInputStream(source)) {
            Thread writer =
                    Thread.ofVirtual()
                            .start(() -> {
                                try (source) {
                                    source.write(utf8("data: a\n\n"));
                                    source.flush();
                                    assertThat(bodies.take()).contains("data: a\n\n");
                                    source.write(utf8("data: b\n\n"));
                                } catch (IOException | InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                            });
            PublishCommand command = new PublishCommand(input, pauses::add);
            CommandRun run = CommandRun.of(command, "--url", server.url(), "--stream", "demo");
            writer.join();
            assertThat(run).isEqualTo(new CommandRun(0, "7-3\n", ""));
            assertThat(bodies.take()).contains("data: b\n\n");
            assertThat(server.head())
                    .containsIgnoringCase("\r\nContent-Type: text/event-stream\r\n")
                    .containsIgnoringCase("\r\nTransfer-Encoding: chunked\r\n");
        }
    }

    @Test
    void tellsWhyAStreamWasRefusedWhileItIsWritten() throws Exception {
        Scene refuses =
                (body, peer) -> {
                    readUntil(body, "data: a\n\n");
                    write(
                            peer,
                            "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"
                                    + "Content-Length: 15\r\n\r\nretry is \"soon\"");
                    peer.shutdownOutput();
                    body.readAllBytes();
                };
        try (ScriptedServer server = new ScriptedServer(List.of(refuses));
                PipedOutputStream source = new PipedOutputStream();
                PipedInputStream input = new PipedInputStream(source)) {
            source.write(utf8("data: a\n\n"));
            source.flush();
            PublishCommand command = new PublishCommand(input, pauses::add);
            CommandRun run = CommandRun.of(command, "--url", server.url(), "--stream", "demo");
            assertThat(run.status()).isEqualTo(1);
            assertThat(run.err()).contains("answers 400: retry is \"soon\"");
        }
    }

    @Test
    void tellsTheGatewaysReason() throws Exception {
        Scene refuses = answers("HTTP/1.1 401 Unauthorized\r\nContent-Length: 5\r\n\r\ntoken");
        try (ScriptedServer server = new ScriptedServer(List.of(refuses))) {
            CommandRun run = publish("", "--url", server.url(), "demo", "x");
            assertThat(run.status()).isEqualTo(1);
            assertThat(run.err())
                    .isEqualTo(
                            "spillgate publish: %s/events answers 401: token\n"
                                    .formatted(server.url()));
        }
    }

    @Test
    void saysThatNobodyListens() throws Exception {
        String url;
        try (ScriptedServer gone = new ScriptedServer(List.of())) {
            url = gone.url();
        }
        CommandRun run = publish("", "--url", url, "demo", "x");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo(
                        "spillgate publish: no answer from %s/events: connection refused\n"
                                .formatted(url));
    }

    @Test
    void triesAgainWithTheSameIdAfterWhatTheGatewayAsksFor() throws Exception {
        Scene busy = answers("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
        Scene lost = (body, peer) -> peer.close();
        try (ScriptedServer server = new ScriptedServer(List.of(busy, lost, reads(1)))) {
            CommandRun run = publish("", "--retries", "2", "--url", server.url(), "demo", "x");
            assertThat(run.status()).isZero();
            assertThat(run.out()).isEqualTo("7-3\n");
            assertThat(run.err())
                    .contains("answers 503; again in 7.0 s")
                    .contains("; again in 1.0 s")
                    .hasLineCount(2);
            assertThat(pauses).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(1));
            String first = firstLine(server.head());
            assertThat(first).matches("POST /events/demo\\?id=[0-9a-f-]{36} HTTP/1.1");
            assertThat(firstLine(server.head())).isEqualTo(first);
            assertThat(firstLine(server.head())).isEqualTo(first);
        }
    }

    @Test
    void givesUpAfterTheLastTry() throws Exception {
        Scene busy = answers("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nfull");
        try (ScriptedServer server = new ScriptedServer(List.of(busy, busy))) {
            CommandRun run =
                    publish("", "--retries=1", "--id=a", "--url", server.url(), "demo", "x");
            assertThat(run.status()).isEqualTo(1);
            assertThat(run.err()).endsWith("answers 503: full\n");
            assertThat(server.head()).contains("?id=a ");
        }
    }

    @Test
    void doesNotTryAgainWhatIsRefused() throws Exception {
        Scene refuses = answers("HTTP/1.1 401 No\r\nContent-Length: 5\r\n\r\ntoken");
        try (ScriptedServer server = new ScriptedServer(List.of(refuses))) {
            CommandRun run = publish("", "--retries=5", "--url", server.url(), "demo", "x");
            assertThat(run.err()).endsWith("answers 401: token\n");
            assertThat(pauses).isEmpty();
        }
    }

    @Test
    void takesItsTokenFromAFileAndSendsHeaders(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "secret34\n");
        try (ScriptedServer server = new ScriptedServer(List.of(reads(1)))) {
            String[] arguments = {
                "--url", server.url(), "--token-file", file.toString(), "-H", "X-A: b c", "t", "x"
            };
            publish("", arguments);
            assertThat(server.head())
                    .containsIgnoringCase("\r\nAuthorization: Bearer secret34\r\n")
                    .containsIgnoringCase("\r\nX-A: b c\r\n");
        }
    }

    @Test
    void takesItsTokenFromTheEnvironment() throws Exception {
        try (ScriptedServer server = new ScriptedServer(List.of(reads(1)));
                Child child =
                        Child.startIn(
                                Map.of("SPILLGATE_TOKEN", "secret56"),
                                "publish",
                                "--url",
                                server.url(),
                                "demo",
                                "x")) {
            assertThat(child.line()).isEqualTo("7-3");
            assertThat(server.head())
                    .containsIgnoringCase("\r\nAuthorization: Bearer secret56\r\n");
        }
    }

    @Test
    void refusesWhatCanNotBeMeant(@TempDir Path folder) {
        Path missing = folder.resolve("none");
        assertThat(publish("", "--retries=-1", "demo").status()).isEqualTo(2);
        assertThat(publish("", "--retries=1", "--stream", "demo").status()).isEqualTo(2);
        assertThat(publish("", "--token=a", "--token-file=" + missing, "demo").status())
                .isEqualTo(2);
        assertThat(publish("", "--token-file=" + missing, "demo").err()).contains("can't be read");
        assertThat(publish("", "-H", "no colon", "demo").err()).contains("can't be a header");
        assertThat(publish("", "-H", "a:b\r\nc:d", "demo").status()).isEqualTo(2);
    }

    private static String firstLine(String head) {
        return head.lines().findFirst().orElseThrow();
    }

    @Test
    void refusesTypeAndDataBesideAStream() {
        assertThat(publish("", "--stream", "--event", "x", "demo").status()).isEqualTo(2);
        assertThat(publish("", "--stream", "--id", "x", "demo").status()).isEqualTo(2);
        assertThat(publish("", "--stream", "demo", "x").status()).isEqualTo(2);
    }

    private CommandRun publish(String standardInput, String... arguments) {
        InputStream in = new ByteArrayInputStream(utf8(standardInput));
        return CommandRun.of(new PublishCommand(in, pauses::add), arguments);
    }

    private Scene reads(int length) {
        return (body, peer) -> {
            bodies.add(new String(body.readNBytes(length), StandardCharsets.UTF_8));
            write(peer, ACCEPTED);
        };
    }

    private static String readUntil(InputStream in, String end) throws IOException {
        StringBuilder read = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            read.append((char) next);
            if (read.indexOf(end) >= 0) {
                break;
            }
        }
        return read.toString();
    }

    private static void write(Socket peer, String text) throws IOException {
        peer.getOutputStream().write(utf8(text));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
