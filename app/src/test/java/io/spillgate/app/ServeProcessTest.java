package io.spillgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `serve` as an operator meets it: listening lines, reload, signals, exit status.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@DisabledOnOs(OS.WINDOWS)
class ServeProcessTest {
    private static final String LISTENING_HTTP = "listening http 127\\.0\\.0\\.1:[1-9][0-9]*";
    private static final String LISTENING_ADMIN = "listening admin 127\\.0\\.0\\.1:[1-9][0-9]*";

    @TempDir private Path folder = Path.of("");
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void closeTheClient() {
        client.shutdownNow();
    }

    @Test
    void printsOneLineForEachListener() throws Exception {
        try (Child serve = serve()) {
            assertThat(serve.line()).matches(LISTENING_HTTP);
            assertThat(serve.line()).matches(LISTENING_ADMIN);
        }
    }

    @Test
    void printsNoLineForAnAdminListenerThatIsOff() throws Exception {
        try (Child serve = serve("--set", "admin.bind_address=off")) {
            assertThat(serve.line()).matches(LISTENING_HTTP);
            serve.signal("TERM");
            assertThat(serve.line()).isEqualTo("null");
        }
    }

    @Test
    void servesTheDemoPageWithoutAFile() throws Exception {
        try (Child serve = serve()) {
            HttpResponse<String> page = get(url(serve) + "/");
            assertThat(page.headers().firstValue("Content-Type"))
                    .contains("text/html; charset=utf-8");
            assertThat(page.body()).startsWith("<!doctype html>").endsWith("</html>\n");
        }
    }

    @Test
    void saysInOneLineThatAPortIsBusy() throws Exception {
        try (ScriptedServer other = new ScriptedServer(List.of())) {
            String address = other.url().substring("http://".length());
            try (Child serve = serve("--set", "http.bind_address=" + address)) {
                assertThat(serve.exitStatus()).isEqualTo(1);
                assertThat(serve.line()).isEqualTo("null");
                assertThat(serve.errorLines())
                        .filteredOn(line -> !line.contains(" WARN "))
                        .singleElement()
                        .asString()
                        .startsWith("spillgate: ")
                        .contains(address);
            }
        }
    }

    @Test
    void readsTheFileAgainOnSighup() throws Exception {
        Path file = file("one");
        try (Child serve = serve("--config", file.toString())) {
            String url = url(serve);
            assertThat(get(url + "/page").body()).isEqualTo("one");
            file("two");
            serve.signal("HUP");
            serve.errorLineWith("configuration reloaded");
            assertThat(get(url + "/page").body()).isEqualTo("two");
        }
    }

    @Test
    void keepsWhatItHasWhenTheFileIsBad() throws Exception {
        Path file = file("one");
        try (Child serve = serve("--config", file.toString())) {
            String url = url(serve);
            String admin = address(serve.line());
            Files.writeString(file, "[http]\nmax_conections = 5\n");
            HttpResponse<String> answer = post(admin + "/reload");
            assertThat(answer.body()).contains("\"applied\":false").contains("max_conections");
            assertThat(serve.errorLineWith("not reloaded")).contains(file + ":2:");
            assertThat(get(url + "/page").body()).isEqualTo("one");
        }
    }

    @Test
    void endsWithStatusZeroWhenStreamsEndedCleanly() throws Exception {
        try (Child serve = serve();
                InputStream stream = stream(url(serve))) {
            serve.signal("TERM");
            String rest = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(rest).endsWith("event: server-shutdown\ndata: {\"reconnect\":true}\n\n");
            assertThat(serve.exitStatus()).isZero();
        }
    }

    @Test
    void endsWithStatusOneWhenSomethingHadToBeCut() throws Exception {
        try (Child serve = serve("--set", "server.shutdownTimeout=50ms")) {
            try (Socket upload = endlessUpload(url(serve))) {
                serve.signal("INT");
                assertThat(serve.exitStatus()).isEqualTo(1);
                assertThat(upload.isClosed()).isFalse();
            }
        }
    }

    @Test
    void endsAtOnceOnASecondSignal() throws Exception {
        try (Child serve = serve("--set", "server.shutdownTimeout=1h")) {
            try (Socket upload = endlessUpload(url(serve))) {
                serve.signal("TERM");
                serve.errorLineWith("SIGTERM: draining");
                serve.signal("INT");
                assertThat(serve.exitStatus()).isEqualTo(1);
                assertThat(serve.errorLineWith("exit at once")).contains("SIGINT");
                assertThat(upload.isClosed()).isFalse();
            }
        }
    }

    @Test
    void endsAfterADrainByHttp() throws Exception {
        try (Child serve = serve()) {
            serve.line();
            assertThat(post(address(serve.line()) + "/drain").statusCode()).isEqualTo(202);
            assertThat(serve.exitStatus()).isZero();
        }
    }

    @Test
    void logsJsonWhenAsked() throws Exception {
        try (Child serve = serve("--set", "log.format=json")) {
            serve.line();
            serve.signal("TERM");
            assertThat(serve.errorLineWith("SIGTERM: draining"))
                    .startsWith("{\"time\":\"")
                    .endsWith("\"message\":\"SIGTERM: draining\"}");
        }
    }

    @Test
    void startsInAPodBesideAServiceOfItsName() throws Exception {
        Map<String, String> environment =
                Map.of(
                        "SPILLGATE_SERVICE_HOST", "10.96.12.7",
                        "SPILLGATE_SERVICE_PORT", "8080",
                        "SPILLGATE_PORT", "tcp://10.96.12.7:8080",
                        "SPILLGATE_PORT_8080_TCP_ADDR", "10.96.12.7",
                        "SPILLGATE_HTTP_BIND_ADDRESS", "127.0.0.1:0",
                        "SPILLGATE_ADMIN_BIND_ADDRESS", "off");
        try (Child serve = Child.startIn(environment, "serve")) {
            assertThat(serve.line()).matches(LISTENING_HTTP);
        }
    }

    private static Child serve(String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of("serve"));
        all.addAll(List.of("--set", "http.bind_address=127.0.0.1:0"));
        all.addAll(List.of("--set", "admin.bind_address=127.0.0.1:0"));
        all.addAll(List.of("--set", "http.io=nio"));
        all.addAll(List.of("--set", "hub.publish_tokens=secret-token"));
        all.addAll(List.of(options));
        return Child.start(all.toArray(String[]::new));
    }

    private Path file(String body) throws IOException {
        String route = "[[routes]]\npath = \"/page\"\nreply = { body = \"" + body + "\" }\n";
        return Files.writeString(folder.resolve("gate.toml"), route);
    }

    private static String url(Child serve) throws IOException {
        return address(serve.line());
    }

    private static String address(String line) {
        return "http://" + line.substring(line.lastIndexOf(' ') + 1);
    }

    private HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String url) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build();
        return client.send(request, BodyHandlers.ofString());
    }

    /// A stream that is open: its first bytes have arrived.
    private InputStream stream(String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/events/demo")).build();
        InputStream body = client.send(request, BodyHandlers.ofInputStream()).body();
        assertThat(new String(body.readNBytes(3), StandardCharsets.US_ASCII)).isEqualTo(":ok");
        return body;
    }

    /// A request in flight that never ends: the gateway asked for its body.
    private static Socket endlessUpload(String url) throws IOException {
        URI address = URI.create(url);
        Socket socket = new Socket(address.getHost(), address.getPort());
        String request =
                """
                POST /events/demo HTTP/1.1
                Host: x
                Authorization: Bearer secret-token
                Content-Type: text/event-stream
                Transfer-Encoding: chunked
                Expect: 100-continue

                """;
        socket.getOutputStream()
                .write(request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
        byte[] answer = socket.getInputStream().readNBytes("HTTP/1.1 100".length());
        assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 100");
        return socket;
    }
}
