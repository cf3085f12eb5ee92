package io.spillgate.it.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.spillgate.it.harness.TestGateway;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// nginx behind the gateway, and curl, wrk and Python before it: every byte arrives.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@DisabledOnOs(OS.WINDOWS)
final class NginxBackendTest {
    private static final int[] SIZES = {0, 1, 65_536, 10_000_000};
    private static final int AT_ONCE = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(50);
    private static final long GIGABYTE = 1 << 30;

    /// PUTs and GETs each of the files over one connection and prints the hash of what came back.
    private static final String PYTHON =
            """
            import hashlib, http.client, sys
            connection = http.client.HTTPConnection(sys.argv[1], timeout=20)
            connection.connect()
            first = connection.sock
            for way in ('length', 'chunks'):
                for name in sys.argv[3:]:
                    body = open(sys.argv[2] + '/' + name, 'rb').read()
                    if way == 'chunks':
                        pieces = (body[i:i + 70001] for i in range(0, len(body), 70001))
                        connection.request('PUT', '/files/py-' + name, pieces, encode_chunked=True,
                                           headers={'Transfer-Encoding': 'chunked'})
                    else:
                        connection.request('PUT', '/files/py-' + name, body)
                    answer = connection.getresponse()
                    answer.read()
                    assert answer.status in (201, 204), answer.status
                    connection.request('GET', '/files/py-' + name)
                    answer = connection.getresponse()
                    assert answer.status == 200, answer.status
                    print(way, name, hashlib.sha256(answer.read()).hexdigest())
            print('connections', 1 if connection.sock is first else 2)
            """;

    @TempDir private static Path folder = Path.of("");
    private final Map<Integer, String> hashes = new LinkedHashMap<>();
    private Nginx nginx;
    private TestGateway gateway;

    @BeforeAll
    void start() throws IOException {
        nginx = Nginx.start(folder);
        gateway =
                TestGateway.start(
                        """
                        [http-destinations.nginx]
                        addresses = ["%s"]
                        max-request-timeout = "100s"
                        [[routes]]
                        path = "/*"
                        proxy = "nginx"
                        """
                                .formatted(nginx.authority()));
        for (int size : SIZES) {
            hashes.put(size, Digest.write(nginx.file(size + ".bin"), size));
        }
    }

    @AfterAll
    void stop() {
        if (gateway != null) {
            gateway.close();
        }
        if (nginx != null) {
            nginx.close();
        }
    }

    @Test
    void curlDownloadsEverySizeSeveralTimesAtOnce() throws Exception {
        List<Program> running = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            for (int size : SIZES) {
                running.add(curl("-o", copy(size, i).toString(), url("/files/" + size + ".bin")));
            }
        }
        awaitAll(running);
        for (int i = 0; i < AT_ONCE; i++) {
            for (int size : SIZES) {
                assertThat(Digest.of(copy(size, i))).isEqualTo(hashes.get(size));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length", "Transfer-Encoding: chunked", "Expect: 100-continue"})
    void curlUploadsEverySizeSeveralTimesAtOnce(String how) throws Exception {
        String header = how.contains(":") ? how : "X-Framing: " + how;
        List<Program> running = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            for (int size : sizes(how)) {
                String file = nginx.file(size + ".bin").toString();
                String name = "/files/up-" + i + "-" + size;
                running.add(curl("-f", "-H", header, "-T", file, url(name)));
            }
        }
        awaitAll(running);
        for (int i = 0; i < AT_ONCE; i++) {
            for (int size : sizes(how)) {
                Path stored = nginx.file("up-" + i + "-" + size);
                assertThat(Digest.of(stored)).isEqualTo(hashes.get(size));
                Files.delete(stored);
            }
        }
    }

    @Test
    void pythonUploadsAndDownloadsEverySizeOverOneConnection() throws Exception {
        assumeTrue(Nginx.find("python3").isPresent(), "python3 is not installed");
        List<String> command = new ArrayList<>();
        command.addAll(List.of("python3", "-c", PYTHON, authority()));
        command.add(folder.resolve("files").toString());
        Stream.of(hashes.keySet().toArray()).forEach(size -> command.add(size + ".bin"));
        try (Program python = Program.command(command)) {
            assertThat(python.exitStatus()).as("%s", python.err().lines()).isZero();
            List<String> expected = new ArrayList<>();
            for (String way : List.of("length", "chunks")) {
                hashes.forEach((size, hash) -> expected.add(way + " " + size + ".bin " + hash));
            }
            expected.add("connections 1");
            assertThat(python.out().untilItsEnd()).isEqualTo(expected);
        }
    }

    @Test
    void wrkSeesNoErrorOverManyKeptConnections() throws Exception {
        assumeTrue(Nginx.find("wrk").isPresent(), "wrk is not installed");
        double before = gateway.metric("spillgate_pool_failures_total");
        List<String> command = List.of("wrk", "-t1", "-c32", "-d2s", url("/hello"));
        try (Program wrk = Program.command(command)) {
            assertThat(wrk.exitStatus()).isZero();
            List<String> out = wrk.out().untilItsEnd();
            assertThat(out).noneMatch(line -> line.contains("Non-2xx"));
            assertThat(out).noneMatch(line -> line.contains("Socket errors"));
            String requests = wrk.out().lineWith(" requests in ").strip();
            assertThat(Integer.parseInt(requests.substring(0, requests.indexOf(' '))))
                    .isGreaterThan(500);
        }
        assertThat(gateway.metric("spillgate_pool_failures_total")).isEqualTo(before);
        gateway.awaitMetric("spillgate_pool_in_flight", 0);
    }

    @Test
    @EnabledIfSystemProperty(named = "spillgate.it.gigabyte", matches = "true")
    void aGigabyteComesDownAndGoesUp() throws Exception {
        String hash = Digest.write(nginx.file("gigabyte"), GIGABYTE);
        Path down = folder.resolve("down");
        awaitAll(List.of(curl("-o", down.toString(), url("/files/gigabyte"))));
        assertThat(Digest.of(down)).isEqualTo(hash);
        awaitAll(List.of(curl("-f", "-T", down.toString(), url("/files/up"))));
        assertThat(Digest.of(nginx.file("up"))).isEqualTo(hash);
    }

    /// An empty file in chunks is more than some curls can do (7.88 never sends the last chunk).
    private static int[] sizes(String how) {
        return how.endsWith("chunked") ? Arrays.copyOfRange(SIZES, 1, SIZES.length) : SIZES;
    }

    private static void awaitAll(List<Program> running) throws InterruptedException {
        for (Program program : running) {
            try (program) {
                assertThat(program.exitStatus(PATIENCE)).as("%s", program.err().lines()).isZero();
            }
        }
    }

    private static Program curl(String... arguments) {
        assumeTrue(Nginx.find("curl").isPresent(), "curl is not installed");
        return Program.command(
                Stream.concat(Stream.of("curl", "-sS"), Stream.of(arguments)).toList());
    }

    private static Path copy(int size, int number) {
        return folder.resolve("copy-" + size + "-" + number);
    }

    private String url(String path) {
        return "http://" + authority() + path;
    }

    private String authority() {
        return "127.0.0.1:" + gateway.address().getPort();
    }
}
