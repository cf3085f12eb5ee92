package io.spillgate.http.tls;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

final class ServerCertificateTest {
    private static final Instant NOW = Instant.parse("2050-01-01T00:00:00Z");

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "rsa, rsa-key, RSA",
        "rsa, rsa-pkcs1, RSA",
        "p256, p256-key, EC",
        "p256, p256-sec1, EC",
        "p384, p384-key, EC",
        "p384, p384-sec1, EC",
        "p256-text, p256-key, EC",
        "expired, p256-key, EC",
        "future, p256-key, EC"
    })
    void takesEveryFormOfKeyAndCertificate(String certificate, String key, String algorithm)
            throws CertificateFault {
        String file = Fixtures.file(certificate + ".pem").toString();

        ServerCertificate read =
                ServerCertificate.read(file, Fixtures.file(key + ".pem").toString(), "");

        assertThat(read.key().getAlgorithm()).isEqualTo(algorithm);
        assertThat(read.key().getFormat()).isEqualTo("PKCS#8");
        assertThat(read.chain()).hasSize(1);
        assertThat(read.ocsp()).isNull();
        assertThat(read.file()).isEqualTo(file);
    }

    @Test
    void takesTheCurveOfASec1KeyFromTheCertificateWhereItIsMissing() throws Exception {
        PemFile pem = PemFile.of(Fixtures.given("key_file", Fixtures.text("p256-sec1.pem")));
        Der sec1 = new Der(pem.der(pem.blocks().get(1))).in(Der.SEQUENCE);
        byte[] version = Der.element(Der.INTEGER, sec1.in(Der.INTEGER).rest());
        byte[] secret = Der.element(Der.OCTETS, sec1.in(Der.OCTETS).rest());
        String bare = pem("EC PRIVATE KEY", Der.element(Der.SEQUENCE, version, secret));

        ServerCertificate read = of(Fixtures.text("p256.pem"), bare);

        assertThat(((ECPrivateKey) read.key()).getS())
                .isEqualTo(((ECPrivateKey) of("p256.pem").key()).getS());
    }

    @Test
    void takesChainAndKeyFromOneFileWithTextCarriageReturnsAndAByteOrderMark() throws Exception {
        String all =
                "\uFEFF"
                        + Fixtures.text("leaf.pem")
                        + "intermediate: not a header\n"
                        + Fixtures.text("mid.pem", "p256-sec1.pem", "root.pem");
        Path file = Files.writeString(folder.resolve("all.pem"), all.replace("\n", "\r\n"));

        ServerCertificate read = ServerCertificate.read(file.toString(), file.toString(), "");

        assertThat(read.chain())
                .extracting(X509Certificate::getSubjectX500Principal)
                .extracting(Object::toString)
                .containsExactly("CN=leaf", "CN=mid", "CN=root");
        assertThat(read.names()).containsExactly("leaf.example.org");
    }

    @Test
    void namesAreThoseOfTheLeafInLowerCase() throws CertificateFault {
        assertThat(of("p256.pem").names())
                .containsExactly("p256.example.org", "*.p256.example.org");
        assertThat(of("expired.pem").names()).isEmpty();
    }

    @Test
    void readsTheOcspResponseAsItIs() throws Exception {
        byte[] response = {0x30, 3, 10, 1, 6};
        Path ocsp = Files.write(folder.resolve("ocsp.der"), response);

        ServerCertificate read =
                ServerCertificate.read(
                        Fixtures.file("p256.pem").toString(),
                        Fixtures.file("p256-key.pem").toString(),
                        ocsp.toString());

        assertThat(read.ocsp()).isEqualTo(response);
    }

    @Test
    void warnsOfCertificatesThatAreOutOfTheirTime() throws CertificateFault {
        assertThat(of("expired.pem").warnings(NOW))
                .containsExactly("F: the certificate has expired at 2021-01-01T00:00:00Z");
        assertThat(of("future.pem").warnings(NOW))
                .containsExactly("F: the certificate is not valid before 2100-01-01T00:00:00Z");
        assertThat(of("p256.pem").warnings(NOW)).isEmpty();
    }

    @Test
    void warnsInTheLastFourteenDays() throws CertificateFault {
        ServerCertificate read = of("future.pem");
        Instant end = Instant.parse("2200-01-01T00:00:00Z");

        assertThat(read.expires()).isEqualTo(end);
        assertThat(read.warnings(end.minus(Duration.ofDays(14)))).isEmpty();
        assertThat(read.warnings(end.minus(Duration.ofDays(14)).plusSeconds(1)))
                .containsExactly("F: the certificate ends within 14 days, at " + end);
        assertThat(read.warnings(end))
                .containsExactly("F: the certificate ends within 14 days, at " + end);
        assertThat(read.warnings(end.plusSeconds(1)))
                .containsExactly("F: the certificate has expired at " + end);
    }

    @Test
    void warnsOfIntermediatesButNotOfRoots() throws CertificateFault {
        ServerCertificate read =
                of(Fixtures.text("leaf.pem", "mid.pem", "root.pem"), "p256-key.pem");
        Instant later = Instant.parse("2300-01-01T00:00:00Z");

        assertThat(read.warnings(later))
                .extracting(text -> text.substring(0, text.indexOf(" at ")))
                .containsExactly("F: the certificate has expired", "F: certificate 2 has expired");
    }

    @Test
    void warnsOfAKeyThatOthersCanRead() throws Exception {
        Path key = folder.resolve("my key.pem");
        Files.write(key, Fixtures.bytes("p256-key.pem"));
        String certificate = Fixtures.file("p256.pem").toString();

        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(ServerCertificate.read(certificate, key.toString(), "").warnings(NOW)).isEmpty();
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(ServerCertificate.read(certificate, key.toString(), "").warnings(NOW))
                .containsExactly(
                        "%1$s: every user of this machine can read the key; chmod o-r '%1$s'"
                                .formatted(key));
    }

    private static ServerCertificate of(String certificate) throws CertificateFault {
        return of(Fixtures.text(certificate), "p256-key.pem");
    }

    private static ServerCertificate of(String chain, String key) throws CertificateFault {
        String text = key.startsWith("-----") ? key : Fixtures.text(key);
        return ServerCertificate.of(
                Fixtures.given("certificate_file", chain), Fixtures.given("key_file", text));
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                .formatted(label, Base64.getMimeEncoder().encodeToString(der));
    }
}
