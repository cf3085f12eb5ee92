package io.spillgate.app;

import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;

/// A certificate for trying, and its key.
///
/// @param certificate signed with the key itself
/// @param key that of the server
record DevCertificate(X509Certificate certificate, PrivateKey key) {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    /// The certificate as PEM (RFC 7468 section 5).
    String certificatePem() {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The key as PEM, in PKCS 8 (RFC 7468 section 10).
    String keyPem() {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    /// When it ends.
    Instant until() {
        return certificate.getNotAfter().toInstant();
    }

    private static String pem(String label, byte[] content) {
        return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                .formatted(label, LINES.encodeToString(content));
    }
}
