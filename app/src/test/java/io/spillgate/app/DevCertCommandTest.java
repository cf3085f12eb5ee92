package io.spillgate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

@Timeout(60)
class DevCertCommandTest {
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

    @TempDir private Path folder = Path.of("");

    @Test
    void printsTheTableAndWhatItMade() throws Exception {
        Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        CommandRun run = run();
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out())
                .isEqualTo(
                        """
                        [tls]
                        bind_address = "0.0.0.0:8443"
                        certificate_file = "%1$s/dev-cert.pem"
                        key_file = "%1$s/dev-key.pem"
                        """
                                .formatted(folder));
        X509Certificate made = certificate();
        Instant until = made.getNotAfter().toInstant();
        assertThat(run.err())
                .isEqualTo(
                        ("spillgate dev-cert: wrote %1$s/dev-cert.pem and %1$s/dev-key.pem for"
                             + " localhost, 127.0.0.1, ::1, good until %2$s; to trust it: curl"
                             + " --cacert %1$s/dev-cert.pem https://localhost:8443/\n")
                                .formatted(folder, until));
        assertThat(Duration.between(before, until))
                .isBetween(Duration.ofDays(90), Duration.ofDays(90).plusMinutes(1));
        assertThat(names(made)).containsExactly("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
        assertThat(made.getExtendedKeyUsage()).containsExactly(SERVER_AUTH);
        assertThat(made.getBasicConstraints()).as("no authority").isEqualTo(-1);
        assertThat(((ECPublicKey) made.getPublicKey()).getParams().toString())
                .contains("secp256r1");
        assertThat(files()).containsExactly("dev-cert.pem", "dev-key.pem");
        assertThat(mode("dev-key.pem")).isEqualTo("rw-------");
    }

    @Test
    void isTakenByAClientThatTrustsIt() throws Exception {
        run();
        HttpsServer server = HttpsServer.create(loopback(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context()));
        server.createContext("/", exchange -> exchange.sendResponseHeaders(204, -1));
        server.start();
        try (HttpClient client = HttpClient.newBuilder().sslContext(context()).build()) {
            for (String host : List.of("localhost", "127.0.0.1")) {
                URI there = URI.create("https://" + host + ":" + server.getAddress().getPort());
                HttpRequest request = HttpRequest.newBuilder(there).build();
                assertThat(client.send(request, BodyHandlers.discarding()).statusCode())
                        .isEqualTo(204);
            }
        } finally {
            server.stop(0);
        }
    }

    @Test
    void isForTheGivenNamesAlone() throws Exception {
        CommandRun run =
                run(
                        "--name=App.example.test",
                        "--name=*.example.test",
                        "--name=192.0.2.1",
                        "--name=[2001:DB8:0::1]",
                        "--name=app.example.TEST");
        assertThat(run.err())
                .contains(" for app.example.test, *.example.test, 192.0.2.1, 2001:db8::1, good")
                .endsWith(" https://app.example.test:8443/\n");
        assertThat(names(certificate()))
                .containsExactly(
                        "app.example.test", "*.example.test", "192.0.2.1", "2001:db8:0:0:0:0:0:1");
    }

    @Test
    void leavesFilesThatAreThereUnlessItIsForced() throws Exception {
        Path certificate = Files.writeString(folder.resolve("dev-cert.pem"), "mine");
        CommandRun refused = run();
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).contains(certificate + " is there already; --force replaces it");
        assertThat(files()).containsExactly("dev-cert.pem");
        assertThat(certificate).hasContent("mine");

        Files.move(certificate, folder.resolve("dev-key.pem"));
        assertThat(run().err()).contains(folder.resolve("dev-key.pem") + " is there already");

        assertThat(run("--force").status()).isZero();
        X509Certificate first = certificate();
        assertThat(mode("dev-key.pem")).isEqualTo("rw-------");
        assertThat(run("--force").status()).isZero();
        assertThat(certificate().getSubjectX500Principal())
                .as("a name of its own")
                .isNotEqualTo(first.getSubjectX500Principal());
        assertThat(files()).containsExactly("dev-cert.pem", "dev-key.pem");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a b",
                "a_b.test",
                "-a.test",
                "a-.test",
                "a..test",
                "a.test.",
                "a.test:8443",
                "https://a.test",
                "1.2.3",
                "1.2.3.256",
                "fe80::1%lo",
                "::1,dns:x",
                "*",
                "a.*.test",
                "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg.test"
            })
    void refusesWhatIsNoName(String name) throws Exception {
        CommandRun run = run("--name", "good.test", "--name", name);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("'--name'").contains("'" + name + "' must be a name or");
        assertThat(run.out()).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void refusesNamesThatNoClientWouldFind() {
        assertThat(run("--name", "*.test").err()).contains("'*.test' must have two labels below");
        String long254 = "a.".repeat(125) + "test";
        assertThat(run("--name", long254).err()).contains("' must be a name or an address");
        assertThat(run("--name", "bücher.test").err()).contains("must be in its ASCII form (xn--");
        assertThat(run("--name", "xn--bcher-kva.test").status()).isZero();
    }

    @Test
    void saysWhyItCanNotWrite() throws Exception {
        Path missing = folder.resolve("none");
        assertThat(run("--out", missing.toString()))
                .isEqualTo(failed(missing, "no such file or folder"));
        assertThat(missing).doesNotExist();
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(run("--out", file.toString())).isEqualTo(failed(file, "Not a directory"));
    }

    @Test
    void restoresTheKeyWhenTheCertificateHasNoPlace() throws Exception {
        Files.createDirectory(folder.resolve("dev-cert.pem"));
        Path key = Files.writeString(folder.resolve("dev-key.pem"), "mine");
        assertThat(run("--force")).isEqualTo(failed(folder, "dev-cert.pem is a folder"));
        assertThat(files()).containsExactly("dev-cert.pem", "dev-key.pem");
        assertThat(key).hasContent("mine");
    }

    @Test
    void leavesAFileThatComesMeanwhile() throws Exception {
        Path certificate = folder.resolve("dev-cert.pem");
        Keytool real = Keytool.ofThisJava();
        Keytool slow =
                script("echo mine > %s; exec %s \"$@\"".formatted(certificate, real.program()));
        CommandRun run = run(slow);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains(certificate + " is there already");
        assertThat(certificate).hasContent("mine");
        assertThat(files()).containsExactly("dev-cert.pem", "keytool");
    }

    @Test
    void saysWhyKeytoolFails() throws Exception {
        Keytool fails = script("echo 'keytool error: out of luck'; echo more; exit 1");
        assertThat(run(fails))
                .isEqualTo(failed(folder, fails.program() + " failed: keytool error: out of luck"));
        assertThat(files()).containsExactly("keytool");
    }

    @Test
    void waitsForKeytoolNoLongerThanItHasPatience() throws Exception {
        Keytool hangs = new Keytool(script("exec sleep 600").program(), Duration.ofSeconds(1));
        assertThat(run(hangs)).isEqualTo(failed(folder, hangs.program() + " has not ended in 1 s"));
        assertThat(files()).containsExactly("keytool");
    }

    @Test
    void showsNobodyThePasswordOfTheStore() throws Exception {
        Path seen = folder.resolve("seen");
        run(script("env > %1$s; echo \"$@\" >> %1$s; exit 1".formatted(seen)));
        String password =
                Files.readString(seen)
                        .replaceAll("(?s).*SPILLGATE_STORE_PASSWORD=(\\w+)\n.*", "$1");
        assertThat(password).hasSize(48);
        assertThat(Files.readString(seen)).containsOnlyOnce(password);
    }

    @Test
    void namesTheCommandOfOpensslWithoutKeytool() throws Exception {
        Path apart = Files.createDirectory(folder.resolve("it's"));
        Keytool none = new Keytool(folder.resolve("none"), Duration.ofSeconds(1));
        CommandRun run = run(none, "--out", apart.toString(), "--name=a.test", "--name=::1");
        assertThat(run.status()).isEqualTo(1);
        String begin = "there is no " + none.program() + " in this Java; openssl does the same: ";
        assertThat(run.err()).startsWith("spillgate dev-cert: " + begin).hasLineCount(1);
        String command = run.err().substring(run.err().indexOf(begin) + begin.length());

        assumeTrue(status("openssl version") == 0, "openssl is not installed");
        assertThat(status(command)).isZero();
        X509Certificate made = certificate(apart.resolve("dev-cert.pem"));
        assertThat(names(made)).containsExactly("a.test", "0:0:0:0:0:0:0:1");
        assertThat(made.getExtendedKeyUsage()).containsExactly(SERVER_AUTH);
        assertThat(made.getBasicConstraints()).isEqualTo(-1);
        assertThat(apart.resolve("dev-key.pem")).isNotEmptyFile();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void leavesNothingWhenASignalEndsIt() throws Exception {
        try (Child child = Child.start("dev-cert", "--out", folder.toString())) {
            while (files().isEmpty()) {
                assertThat(Thread.currentThread().isInterrupted()).as("out of time").isFalse();
            }
            child.signal("TERM");
            child.exitStatus();
            assertThat(files()).noneMatch(name -> name.startsWith("."));
        }
    }

    private CommandRun run(String... options) {
        return run(Keytool.ofThisJava(), options);
    }

    private CommandRun run(Keytool keytool, String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        if (!all.contains("--out")) {
            all.addAll(List.of("--out", folder.toString()));
        }
        return CommandRun.of(new DevCertCommand(keytool), all.toArray(String[]::new));
    }

    private static CommandRun failed(Path folder, String why) {
        return new CommandRun(
                1,
                "",
                "spillgate dev-cert: nothing was written to %s: %s\n".formatted(folder, why));
    }

    /// A program in the place of keytool.
    private Keytool script(String commands) throws IOException {
        Path script = Files.writeString(folder.resolve("keytool"), "#!/bin/sh\n" + commands + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return new Keytool(script, Duration.ofSeconds(30));
    }

    private static int status(String command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder("sh", "-c", command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        return process.waitFor();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private String mode(String file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(file)));
    }

    private X509Certificate certificate() throws Exception {
        return certificate(folder.resolve("dev-cert.pem"));
    }

    private static X509Certificate certificate(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static List<String> names(X509Certificate certificate) throws Exception {
        return certificate.getSubjectAlternativeNames().stream()
                .map(entry -> String.valueOf(entry.get(1)))
                .toList();
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /// For a server with the files, and for a client that trusts only them.
    private SSLContext context() throws Exception {
        String pem = Files.readString(folder.resolve("dev-key.pem"));
        byte[] content = Base64.getMimeDecoder().decode(pem.replaceAll("-----.*-----\n", ""));
        PrivateKey key =
                KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(content));
        KeyStore server = KeyStore.getInstance("PKCS12");
        server.load(null, null);
        server.setKeyEntry("own", key, new char[0], new X509Certificate[] {certificate()});
        KeyStore client = KeyStore.getInstance("PKCS12");
        client.load(null, null);
        client.setCertificateEntry("trusted", certificate());
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(server, new char[0]);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
        trusted.init(client);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }
}
