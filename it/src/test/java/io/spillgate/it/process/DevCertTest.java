package io.spillgate.it.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What `spillgate dev-cert` makes, for programs that are not Java.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class DevCertTest {
    /// What curl says of a server that it does not trust.
    private static final int NOT_TRUSTED = 60;

    @TempDir private Path folder = Path.of("");

    @Test
    void isServedByOpensslAndTakenByCurl() throws Exception {
        assumeTrue(Nginx.find("openssl").isPresent(), "openssl is not installed");
        assumeTrue(Nginx.find("curl").isPresent(), "curl is not installed");
        String certificate = folder.resolve("dev-cert.pem").toString();
        String key = folder.resolve("dev-key.pem").toString();
        make(certificate, key);
        try (Program server =
                command(
                        "openssl s_server -www -accept 127.0.0.1:0",
                        "-cert",
                        certificate,
                        "-key",
                        key)) {
            String ready = server.out().lineWith("ACCEPT 127.0.0.1:");
            String port = ready.substring(ready.lastIndexOf(':') + 1);
            for (String host : List.of("localhost", "127.0.0.1", "www.example.test")) {
                assertThat(curl(certificate, host + ":" + port)).as(host).isZero();
            }
            assertThat(curl(certificate, "other.test:" + port)).isEqualTo(NOT_TRUSTED);
        }
    }

    private void make(String certificate, String key) throws InterruptedException {
        String[] command = {
            "dev-cert", "--out", folder.toString(), "--name=localhost", "--name=*.example.test"
        };
        try (Program made = Program.spillgate(command)) {
            assertThat(made.exitStatus()).isZero();
            assertThat(made.out().untilItsEnd())
                    .containsExactly(
                            "[tls]",
                            "bind_address = \"0.0.0.0:8443\"",
                            "certificate_file = \"" + certificate + "\"",
                            "key_file = \"" + key + "\"");
            assertThat(made.err().untilItsEnd()).hasSize(1);
        }
    }

    private static int curl(String trusted, String authority) throws InterruptedException {
        String url = "https://" + authority + "/";
        String resolved = authority + ":127.0.0.1";
        try (Program curl =
                command("curl -sS --noproxy *", "--cacert", trusted, "--resolve", resolved, url)) {
            return curl.exitStatus();
        }
    }

    private static Program command(String begin, String... more) {
        return Program.command(
                Stream.concat(Stream.of(begin.split(" ")), Stream.of(more)).toList());
    }
}
