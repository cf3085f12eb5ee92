package io.spillgate.client;

import static io.spillgate.client.ScriptedBackend.answers;
import static io.spillgate.client.ScriptedBackend.send;
import static io.spillgate.client.ScriptedBackend.streams;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.tools.ToolProvider;

/// The programs in `docs/pools.md` compile without a warning and do what they say.
@Timeout(120)
class PoolsProgramsTest {
    private static final Pattern PROGRAM =
            Pattern.compile("```java\\n((?:(?!```).)*class (\\w+).*?)```", Pattern.DOTALL);

    @TempDir private Path folder;

    @Test
    void theExampleAsksAndFollowsAStream() throws Exception {
        CompletableFuture<String> body = new CompletableFuture<>();
        ScriptedBackend.Scene hello =
                peer -> {
                    body.complete(new String(peer.getInputStream().readNBytes(3), UTF_8));
                    send(peer, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello you");
                };
        ScriptedBackend.Scene events = streams("retry: 1\nid: 1\ndata: a\n\nid: 2\ndata: b\n\n");
        try (ScriptedBackend backend =
                new ScriptedBackend(hello, events, streams("id: 3\ndata: c\n\n"))) {
            String printed = run("Example", backend.url("").toString());
            assertThat(printed).isEqualTo("200 hello you\n1 a\n2 b\n3 c\n");
            assertThat(body.get()).isEqualTo("you");
            assertThat(backend.head())
                    .startsWith("POST /hello ")
                    .contains("\r\nContent-Type: text/plain\r\n");
            assertThat(backend.head()).startsWith("GET /events/demo ");
            assertThat(backend.head()).contains("\r\nLast-Event-ID: 2\r\n");
        }
    }

    @Test
    void theCopyCopiesWhateverTheSize() throws Exception {
        String content = "0123456789abcdef".repeat(256 * 1024);
        ScriptedBackend.Scene file =
                answers(
                        "HTTP/1.1 200 OK\r\nContent-Length: "
                                + content.length()
                                + "\r\n\r\n"
                                + content);
        try (ScriptedBackend backend = new ScriptedBackend(file)) {
            String printed = run("Copy", "127.0.0.1:" + backend.port(), "/big");
            assertThat(printed.equals(content)).as("%d bytes", printed.length()).isTrue();
            assertThat(backend.head())
                    .startsWith("GET /big ")
                    .containsIgnoringCase("\r\nHost: files.example\r\n");
        }
    }

    /// Compiles a program of the document and runs it.
    ///
    /// @return what it printed to standard output
    private String run(String name, String... arguments) throws Exception {
        Path source = Files.writeString(folder.resolve(name + ".java"), program(name));
        compile(source);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(printed, true, UTF_8));
        try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            loader.loadClass(name)
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) arguments);
        } finally {
            System.setOut(before);
        }
        return printed.toString(UTF_8);
    }

    private void compile(Path source) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                said,
                                said,
                                "-Xlint:all,-path",
                                "-Werror",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-d",
                                folder.toString(),
                                source.toString());
        assertThat(status).as(said.toString(UTF_8)).isZero();
    }

    private static String program(String name) throws IOException {
        Matcher programs = PROGRAM.matcher(Files.readString(PoolsDocumentTest.DOCUMENT));
        while (programs.find()) {
            if (programs.group(2).equals(name)) {
                return programs.group(1);
            }
        }
        throw new AssertionError("there is no program " + name);
    }
}
