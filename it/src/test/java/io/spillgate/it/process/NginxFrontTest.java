package io.spillgate.it.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// nginx in front of the gateway, as the documentation sets it up: no client can say who it is.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@DisabledOnOs(OS.WINDOWS)
final class NginxFrontTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "operations.md");
    private static final Pattern BLOCK =
            Pattern.compile(
                    "```nginx\n"
                            + "[^\n"
                            + "]*\n"
                            + "(upstream .*?\n"
                            + "}\n"
                            + ")\n"
                            + "(server .*?\n"
                            + "( {4}location .*?\n"
                            + " {4}}\n"
                            + ")}\n"
                            + ")```",
                    Pattern.DOTALL);
    private static final String CLIENT = "127.0.0.3";

    @TempDir private Path folder = Path.of("");
    @AutoClose private final Backend backend = Backend.saying("hi");

    @AutoClose
    private final TestGateway gateway =
            TestGateway.start(
                    """
                    [http]
                    trusted_proxies = ["127.0.0.1"]
                    rate_limit_per_ip = 5
                    [hub]
                    path = "/hub"
                    [[routes]]
                    path = "/events*"
                    proxy = "backend"
                    [http-destinations.backend]
                    addresses = ["%s"]
                    """
                            .formatted(backend.address()));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Forwarded: for=6.6.6.%d",
                "X-Forwarded-For: 6.6.6.%d",
                "X-Real-IP: 6.6.6.%d",
                "X_Forwarded_For: 6.6.6.%d"
            })
    void theRateLimitIsNotBeatenByAClaim(String claim) throws IOException {
        try (Nginx nginx = start(documented())) {
            expectFiveOfTwelve(nginx, claim);
        }
    }

    /// Nobody has to overwrite the header that is not believed.
    @Test
    void norWhereNginxPassesOnForwarded() throws IOException {
        String block = documented().replaceAll("proxy_set_header Forwarded .*;", "");
        try (Nginx nginx = start(block)) {
            expectFiveOfTwelve(nginx, "Forwarded: for=6.6.6.%d");
        }
    }

    @Test
    void theBackendHearsNothingThatTheClientSaysOfItself() throws IOException {
        String claims =
                """
                X-Forwarded-Proto: evil
                X-Forwarded-Host: evil
                X-Forwarded-Port: evil
                X-Forwarded-Prefix: evil
                X-Real-IP: evil
                Forwarded: for=evil;proto=evil;host=evil\
                """;
        try (Nginx nginx = start(documented())) {
            assertThat(ask(nginx, claims).status()).isEqualTo(200);
        }
        BackendRequest request = backend.requests().getLast();
        assertThat(request.head()).doesNotContain("evil");
        assertThat(request.header("X-Forwarded-For")).isEqualTo(CLIENT + ", 127.0.0.1");
        assertThat(request.header("X-Forwarded-Proto")).isEqualTo("http");
        assertThat(request.header("X-Forwarded-Host")).isEqualTo("site.example");
        assertThat(request.header("X-Real-IP")).isEqualTo(CLIENT);
    }

    @Test
    void theWholeBlockIsServedOverHttp2() throws IOException, InterruptedException {
        assumeTrue(Nginx.find("curl").isPresent(), "curl is not installed");
        makeCertificate();
        Matcher parts = BLOCK.matcher(documented());
        assertThat(parts.find()).isTrue();
        int port = freePort();
        String server =
                parts.group(2)
                        .replace("443", "127.0.0.1:" + port)
                        .replace("/etc/ssl", folder.toAbsolutePath().toString());
        String name = "gateway.example:" + port;
        String both = toOurs(parts.group(1)) + server;
        try (Nginx nginx = Nginx.start(folder, both, "");
                Program curl =
                        Program.command(
                                List.of(
                                        "curl",
                                        "-sSki",
                                        "--http2",
                                        "--resolve",
                                        name + ":127.0.0.1",
                                        "https://" + name + "/events"))) {
            assertThat(curl.exitStatus()).as(nginx.authority()).isZero();
            assertThat(curl.out().line(0)).isEqualTo("HTTP/2 200 ");
            assertThat(curl.out().untilItsEnd()).endsWith("hi");
        }
        assertThat(backend.requests().getLast().header("X-Forwarded-Proto")).isEqualTo("https");
    }

    private void makeCertificate() throws InterruptedException {
        assumeTrue(Nginx.find("openssl").isPresent(), "openssl is not installed");
        String files = folder.toAbsolutePath().toString();
        String command =
                "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=gateway.example"
                        + " -keyout %1$s/gateway.key -out %1$s/gateway.pem".formatted(files);
        try (Program openssl = Program.command(List.of(command.split(" ")))) {
            assertThat(openssl.exitStatus()).as(command).isZero();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static void expectFiveOfTwelve(Nginx nginx, String claim) {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            statuses.add(ask(nginx, claim.formatted(i)).status());
        }
        assertThat(statuses)
                .containsExactly(200, 200, 200, 200, 200, 429, 429, 429, 429, 429, 429, 429);
    }

    private static Answer ask(Nginx nginx, String lines) {
        String[] address = nginx.authority().split(":", 2);
        InetSocketAddress to = new InetSocketAddress(address[0], Integer.parseInt(address[1]));
        try (Wire wire = Wire.from(CLIENT, to)) {
            return wire.sendLines("GET /events HTTP/1.1\nHost: site.example\n" + lines + "\n\n")
                    .answer();
        }
    }

    private Nginx start(String block) throws IOException {
        Matcher parts = BLOCK.matcher(block);
        assertThat(parts.find()).as("the block is there").isTrue();
        return Nginx.start(folder, toOurs(parts.group(1)), parts.group(3));
    }

    private String toOurs(String upstream) {
        return upstream.replace("127.0.0.1:8080", "127.0.0.1:" + gateway.address().getPort());
    }

    private static String documented() throws IOException {
        return Files.readString(DOCUMENT);
    }
}
