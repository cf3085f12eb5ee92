package io.spillgate.it.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendReply;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.process.Program;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;

/// Python's requests, as programs use it; what they do is in `clients/requests_session.py`.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@DisabledOnOs(OS.WINDOWS)
final class PythonRequestsTest {
    private static final Path SCRIPT = Path.of("clients", "requests_session.py");
    private static final int EVENTS = 20;

    private final Semaphore heard = new Semaphore(1);
    @AutoClose private final Backend backend = Backend.start(this::answer);

    @AutoClose
    private final Backend hasty =
            Backend.start(
                    Backend.Reading.AT_HEAD,
                    (_, reply) ->
                            reply.sendLines(
                                    "HTTP/1.1 401 Unauthorized\nContent-Length: 0\n"
                                            + "Connection: close\n\n"));

    @AutoClose
    private final TestGateway gateway =
            TestGateway.start(
                    """
                    hub.publish_tokens = ["open-sesame"]
                    [[routes]]
                    path = "/api/*"
                    proxy = "backend"
                    [[routes]]
                    path = "/small/*"
                    proxy = "backend"
                    max_body_size = "1MiB"
                    [[routes]]
                    path = "/early/*"
                    proxy = "hasty"
                    [[routes]]
                    path = "/gone/*"
                    proxy = "gone"
                    [destinations]
                    backend.addresses = ["%s"]
                    hasty.addresses = ["%s"]
                    gone.addresses = ["127.0.0.1:1"]
                    """
                            .formatted(backend.address(), hasty.address()));

    @BeforeAll
    static void isInstalled() throws InterruptedException {
        boolean there = isThere("python3");
        assumeTrue(there, "python3 is not on the PATH");
        try (Program asking = Program.command(List.of("python3", "-c", "import requests"))) {
            assumeTrue(asking.exitStatus() == 0, "Python has no package requests");
        }
    }

    @Test
    void aSessionKeepsItsConnectionForHundredsOfRequests() throws Exception {
        assertThat(run("keep_alive")).isEqualTo("400 answers");
        assertThat(gateway.metric("spillgate_connections_total")).isEqualTo(1);
    }

    @Test
    void anUploadOfUnknownLengthArrives() throws Exception {
        assertThat(run("upload")).isEqualTo("uploaded");
        assertThat(backend.requests().getLast().header("Transfer-Encoding")).isEqualTo("chunked");
    }

    @Test
    void theRefusalOfALargeUploadIsRead() throws Exception {
        assertThat(run("refused")).isEqualTo("5 refusals");
    }

    @Test
    void aStreamIsReadLineByLineAsItIsWritten() throws Exception {
        assertThat(run("events")).isEqualTo(EVENTS + " events");
    }

    @Test
    void aCompressedAnswerIsUnpacked() throws Exception {
        assertThat(run("compressed")).isEqualTo("unpacked");
    }

    private String run(String what) throws InterruptedException {
        String url = "http://127.0.0.1:" + gateway.address().getPort();
        try (Program python = Program.command(List.of("python3", SCRIPT.toString(), what, url))) {
            int status = python.exitStatus(Duration.ofSeconds(30));
            assertThat(status).as("%s", python.err().untilItsEnd()).isZero();
            return python.out().lineWith("outcome ").substring("outcome ".length());
        }
    }

    private void answer(BackendRequest request, BackendReply reply) throws Exception {
        switch (request.target()) {
            case "/api/events" -> stream(reply);
            case "/api/heard" -> {
                heard.release();
                reply.ok("");
            }
            case "/api/gzip" -> {
                byte[] packed = gzip("hello ".repeat(1000));
                reply.sendLines(
                                "HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: "
                                        + packed.length
                                        + "\n\n")
                        .send(packed);
            }
            default -> reply.ok(request.method() + " " + request.target() + " " + request.body());
        }
    }

    private void stream(BackendReply reply) throws IOException, InterruptedException {
        reply.sendLines("HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\n");
        for (int i = 0; i < EVENTS; i++) {
            assertThat(heard.tryAcquire(10, TimeUnit.SECONDS)).as("event %s is due", i).isTrue();
            reply.send("data: event " + i + "\n\n");
        }
        reply.close();
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream packing = new GZIPOutputStream(packed)) {
            packing.write(text.getBytes(StandardCharsets.US_ASCII));
        }
        return packed.toByteArray();
    }

    private static boolean isThere(String program) {
        return List.of(System.getenv("PATH").split(java.io.File.pathSeparator, -1)).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
