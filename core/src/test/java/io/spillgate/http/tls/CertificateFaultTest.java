package io.spillgate.http.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;

final class CertificateFaultTest {
    private static final String ANOTHER_KEY =
            "; make a key that browsers take, and have a certificate issued for it:"
                    + " openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out FILE";
    private static final String ORDER =
            "; put the certificate of the server first, and behind each one the one that issued"
                    + " it: cat server.pem intermediate.pem > chain.pem";
    private static final String COPY = "; copy the file again from where it was made";

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "ed25519.pem, Ed25519",
        "p521.pem, P-521",
        "k1.pem, secp256k1",
    })
    void refusesCertificatesForKeysThatBrowsersDoNotTake(String file, String kind) {
        assertThat(ofCertificate(Fixtures.text(file)))
                .hasMessage(
                        "F: the certificate's key is "
                                + kind
                                + ", which is not supported"
                                + ANOTHER_KEY);
    }

    @ParameterizedTest
    @CsvSource({
        "ed25519-key.pem, Ed25519",
        "dsa-key.pem, DSA",
        "p521-key.pem, P-521",
        "k1-key.pem, secp256k1",
    })
    void refusesKeysThatBrowsersDoNotTake(String file, String kind) {
        assertThat(ofKey(Fixtures.text(file)))
                .hasMessage("F: the key is " + kind + ", which is not supported" + ANOTHER_KEY);
    }

    @Test
    void refusesOtherFormsOfKeysByTheirLabel() {
        String text = Fixtures.text("p256-key.pem").replace("PRIVATE", "OPENSSH PRIVATE");

        assertThat(ofKey(text))
                .hasMessage(
                        "F: the key is OPENSSH PRIVATE KEY, which is not supported" + ANOTHER_KEY);
    }

    @Test
    void refusesShortRsaKeys() {
        assertThat(ofCertificate(Fixtures.text("rsa1024.pem")))
                .hasMessage("F: the certificate's RSA key has 1024 bits" + ANOTHER_KEY);
        assertThat(ofKey(Fixtures.text("rsa1024-key.pem")))
                .hasMessage("F: the RSA key has 1024 bits" + ANOTHER_KEY);
    }

    @ParameterizedTest
    @CsvSource({"p256-encrypted.pem", "rsa-encrypted.pem"})
    void refusesEncryptedKeys(String file) {
        assertThat(ofKey(Fixtures.text(file)))
                .hasMessage(
                        "F: the key is encrypted; write it without a passphrase:"
                                + " openssl pkey -in F -out F-new.pem");
    }

    @ParameterizedTest
    @CsvSource({
        "p256.pem, p384-key.pem",
        "p256.pem, rsa-pkcs1.pem",
        "rsa.pem, p256-sec1.pem",
        "p256.pem, p256-other-key.pem",
        "rsa.pem, rsa-other-key.pem"
    })
    void refusesAKeyThatIsNotTheCertificates(String certificate, String key) {
        assertThat(of(Fixtures.text(certificate), Fixtures.text(key), "key_file"))
                .hasMessage(
                        "F: the key does not belong to the certificate in F; give the two that were"
                                + " made together; these print the same then: openssl pkey -in F"
                                + " -pubout; openssl x509 -in F -noout -pubkey");
    }

    @Test
    void saysWhichCertificateIsNotInItsPlace() {
        assertThat(ofCertificate(Fixtures.text("leaf.pem", "root.pem", "mid.pem")))
                .hasMessage(
                        "F: the chain is not in order: number 2 is CN=root, but number 1 was issued"
                                + " by CN=mid"
                                + ORDER);
        assertThat(ofCertificate(Fixtures.text("leaf.pem", "mid.pem", "mid.pem")))
                .hasMessageContaining("number 3 is CN=mid, but number 2 was issued by CN=root");
        assertThat(ofCertificate(Fixtures.text("root.pem", "mid.pem", "leaf.pem")))
                .hasMessage(
                        "F: the chain is not in order: the server's own certificate (CN=leaf) is"
                                + " number 3"
                                + ORDER);
    }

    @Test
    void saysThatFilesAreExchanged() {
        assertThat(ofCertificate(Fixtures.text("p256-key.pem")))
                .hasMessage(
                        "F: has no certificate, only PRIVATE KEY; are certificate_file and key_file"
                                + " exchanged?");
        assertThat(ofKey(Fixtures.text("leaf.pem", "mid.pem")))
                .hasMessage(
                        "F: has no private key, only CERTIFICATE; was the certificate's file given"
                                + " as key_file?");
    }

    @Test
    void saysWhatIsThereInstead() {
        assertThat(ofCertificate("something else\n"))
                .hasMessage(
                        "F: has no certificate, no PEM block at all; name the file that begins with"
                                + " -----BEGIN CERTIFICATE-----");
        assertThat(ofKey("-----BEGIN EC PARAMETERS-----\n-----END EC PARAMETERS-----\n"))
                .hasMessage(
                        "F: has no private key, only EC PARAMETERS; name the file that has"
                                + " -----BEGIN PRIVATE KEY-----");
        assertThat(ofKey("")).hasMessageContaining("no PEM block at all");
    }

    @Test
    void saysHowDerBecomesPem() {
        assertThat(ofCertificate(Fixtures.given("certificate_file", Fixtures.bytes("p256.der"))))
                .hasMessage("F: is DER, not PEM; openssl x509 -inform der -in F -out F-new.pem");
        assertThat(ofKey(Fixtures.given("key_file", Fixtures.bytes("p256-key.der"))))
                .hasMessage("F: is DER, not PEM; openssl pkey -inform der -in F -out F-new.pem");
        assertThat(ofCertificate(Fixtures.given("certificate_file", Fixtures.bytes("p256.p12"))))
                .hasMessage("F: is PKCS 12, not PEM; openssl pkcs12 -nodes -in F -out F-new.pem");
    }

    @Test
    void saysWhereAPemFileIsDamaged() {
        String key = Fixtures.text("p256-sec1.pem");
        String certificate = Fixtures.text("p256.pem");

        assertThat(ofKey(key.substring(0, key.length() - 10)))
                .hasMessage("F: the EC PRIVATE KEY in line 4 is damaged: it has no end" + COPY);
        assertThat(ofCertificate(certificate.replace("END CERT", "END TRUSTED CERT")))
                .hasMessage("F: the CERTIFICATE in line 1 is damaged: it has no end" + COPY);
        assertThat(ofCertificate(certificate.replace("\nM", "\n*")))
                .hasMessage(
                        "F: the CERTIFICATE in line 1 is damaged: Illegal base64 character 2a"
                                + COPY);
    }

    @Test
    void saysThatDerIsDamaged() {
        String key = Fixtures.text("p256-sec1.pem");
        String certificate = Fixtures.text("p256.pem");

        assertThat(ofKey(key.replace("\nMH", "\nAH")))
                .hasMessage(
                        "F: the EC PRIVATE KEY in line 4 is damaged: no element 30 where it"
                                + " belongs"
                                + COPY);
        assertThat(ofCertificate(certificate.replace("\nMI", "\nAI")))
                .hasMessageStartingWith("F: the CERTIFICATE in line 1 is damaged: ")
                .hasMessageEndingWith(COPY);
        byte[] longer = Arrays.copyOf(Fixtures.bytes("p256.der"), 500);
        String block =
                "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
                        .formatted(Base64.getEncoder().encodeToString(longer));
        assertThat(ofCertificate(block))
                .hasMessage(
                        "F: the CERTIFICATE in line 1 is damaged: it goes on behind its end"
                                + COPY);
    }

    @Test
    void saysThatAFileCanNotBeRead() throws IOException {
        String pem = Fixtures.file("p256.pem").toString();
        String key = Fixtures.file("p256-key.pem").toString();
        Path big = Files.write(folder.resolve("big.pem"), new byte[(1 << 20) + 1]);
        Path ocsp = Files.write(folder.resolve("ocsp"), new byte[(1 << 16) + 1]);

        assertThat(read("none.pem", key, ""))
                .hasMessage("none.pem: is not there; correct the path, or put the file there")
                .matches(fault -> fault.key().equals("certificate_file"));
        assertThat(read(pem, folder.toString(), ""))
                .hasMessage(folder + ": is not a regular file; name a file");
        assertThat(read("a\0b", key, "")).hasMessageContaining("is no path of a file");
        assertThat(read(pem, big.toString(), ""))
                .hasMessage(
                        big
                                + ": has more than 1048576 bytes; name the file with nothing else"
                                + " in it");
        assertThat(read(pem, key, ocsp.toString())).hasMessageContaining("more than 65536 bytes");
    }

    @Test
    void saysThatAFileMayNotBeRead() throws IOException {
        Path closed = Files.write(folder.resolve("closed.pem"), Fixtures.bytes("p256-key.pem"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        assumeThat(Files.isReadable(closed)).as("the superuser reads everything").isFalse();

        assertThat(read(Fixtures.file("p256.pem").toString(), closed.toString(), ""))
                .hasMessage(
                        closed
                                + ": can't be read: permission denied; let the user that runs the"
                                + " gateway read it");
    }

    @Test
    void refusesWhatIsNoOcspResponse() throws IOException {
        String pem = Fixtures.file("p256.pem").toString();
        String key = Fixtures.file("p256-key.pem").toString();
        Path empty = Files.createFile(folder.resolve("empty"));

        assertThat(read(pem, key, pem))
                .hasMessage(
                        "%1$s: is no OCSP response in DER; write one with openssl ocsp -respout %1$s"
                                .formatted(pem))
                .matches(fault -> fault.key().equals("ocsp_file"));
        assertThat(read(pem, key, empty.toString())).hasMessageStartingWith(empty + ": is empty; ");
    }

    private static CertificateFault ofCertificate(String text) {
        return ofCertificate(Fixtures.given("certificate_file", text));
    }

    private static CertificateFault ofCertificate(GivenFile file) {
        GivenFile key = Fixtures.given("key_file", Fixtures.text("p256-key.pem"));
        return fault("certificate_file", file, key);
    }

    private static CertificateFault ofKey(String text) {
        return ofKey(Fixtures.given("key_file", text));
    }

    private static CertificateFault ofKey(GivenFile file) {
        return fault(
                "key_file", Fixtures.given("certificate_file", Fixtures.text("p256.pem")), file);
    }

    private static CertificateFault of(String certificate, String key, String about) {
        return fault(
                about,
                Fixtures.given("certificate_file", certificate),
                Fixtures.given("key_file", key));
    }

    private static CertificateFault fault(String about, GivenFile certificate, GivenFile key) {
        CertificateFault fault =
                catchThrowableOfType(
                        CertificateFault.class, () -> ServerCertificate.of(certificate, key));
        assertThat(fault.key()).isEqualTo(about);
        return fault;
    }

    private static CertificateFault read(String certificate, String key, String ocsp) {
        return catchThrowableOfType(
                CertificateFault.class, () -> ServerCertificate.read(certificate, key, ocsp));
    }
}
