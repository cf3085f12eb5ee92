package io.spillgate.client;

import static io.spillgate.client.ScriptedBackend.answers;
import static io.spillgate.client.ScriptedBackend.send;
import static io.spillgate.client.ScriptedBackend.streams;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.spillgate.DocumentedProgram;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/// The programs in `docs/pools.md` compile without a warning and do what they say.
@Timeout(120)
class PoolsProgramsTest {
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
            String printed =
                    DocumentedProgram.run(
                            PoolsDocumentTest.DOCUMENT,
                            "Example",
                            folder,
                            backend.url("").toString());
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
            String printed =
                    DocumentedProgram.run(
                            PoolsDocumentTest.DOCUMENT,
                            "Copy",
                            folder,
                            "127.0.0.1:" + backend.port(),
                            "/big");
            assertThat(printed.equals(content)).as("%d bytes", printed.length()).isTrue();
            assertThat(backend.head())
                    .startsWith("GET /big ")
                    .containsIgnoringCase("\r\nHost: files.example\r\n");
        }
    }
}
