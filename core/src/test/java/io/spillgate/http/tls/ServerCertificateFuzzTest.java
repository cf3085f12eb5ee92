package io.spillgate.http.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import java.util.Base64;

/// With `JAZZER_FUZZ=1` these search; without it they replay what was found before.
final class ServerCertificateFuzzTest {
    private static final String CERTIFICATE = Fixtures.text("p256.pem");
    private static final String KEY = Fixtures.text("p256-key.pem");

    @FuzzTest(maxDuration = "5m")
    void takesOrRefusesWhateverIsACertificateFile(byte[] bytes) {
        check(Fixtures.given("certificate_file", bytes), Fixtures.given("key_file", KEY));
    }

    @FuzzTest(maxDuration = "5m")
    void takesOrRefusesWhateverIsAKeyFile(byte[] bytes) {
        check(Fixtures.given("certificate_file", CERTIFICATE), Fixtures.given("key_file", bytes));
    }

    @FuzzTest(maxDuration = "5m")
    void takesOrRefusesWhateverIsInABlock(byte[] der) {
        check(
                Fixtures.given("certificate_file", block("CERTIFICATE", der)),
                Fixtures.given("key_file", KEY));
        for (String label : new String[] {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"}) {
            check(
                    Fixtures.given("certificate_file", CERTIFICATE),
                    Fixtures.given("key_file", block(label, der)));
        }
    }

    private static void check(GivenFile certificate, GivenFile key) {
        try {
            assertThat(ServerCertificate.of(certificate, key).chain()).isNotEmpty();
        } catch (CertificateFault fault) {
            assertThat(fault).hasMessageStartingWith("F: ").hasMessageContaining("; ");
        }
    }

    private static String block(String label, byte[] der) {
        return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                .formatted(label, Base64.getEncoder().encodeToString(der));
    }
}
