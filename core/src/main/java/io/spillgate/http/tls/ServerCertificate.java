package io.spillgate.http.tls;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A certificate chain with its private key, as operators have them in PEM files. Immutable.
public final class ServerCertificate {
    private static final int MAX_PEM = 1 << 20;
    private static final int MAX_OCSP = 1 << 16;
    private static final Duration SOON = Duration.ofDays(14);

    private final List<X509Certificate> chain;
    private final PrivateKey key;
    private final byte @Nullable [] ocsp;
    private final String file;
    private final List<String> names;
    private final @Nullable String openKeyFile;

    private ServerCertificate(
            GivenFile certificates, GivenFile key, byte @Nullable [] ocsp, boolean isKeyOpen)
            throws CertificateFault {
        this.chain = Chain.read(certificates);
        this.key = PrivateKeys.read(key, chain.getFirst().getPublicKey(), certificates.path());
        this.ocsp = ocsp;
        this.file = certificates.path();
        this.names = Chain.names(certificates, chain.getFirst());
        this.openKeyFile = isKeyOpen ? key.path() : null;
    }

    /// Reads the files and verifies that they fit. Blocks on the disk: not for an event loop.
    ///
    /// @param certificateFile PEM: the chain, the certificate of the server first; at most 1 MiB
    /// @param keyFile PEM: PKCS 8, PKCS 1 or SEC 1, not encrypted, RSA of at least 2048 bits, P-256
    ///   or P-384; at most 1 MiB; may be the same file
    /// @param ocspFile an `OCSPResponse` (RFC 6960) in DER, at most 64 KiB; empty for none
    public static ServerCertificate read(String certificateFile, String keyFile, String ocspFile)
            throws CertificateFault {
        GivenFile certificates = GivenFile.read("certificate_file", certificateFile, MAX_PEM);
        GivenFile key = GivenFile.read("key_file", keyFile, MAX_PEM);
        byte[] ocsp = ocspFile.isEmpty() ? null : ocsp(ocspFile);
        return new ServerCertificate(certificates, key, ocsp, isOpen(keyFile));
    }

    /// The same of what was read already, without OCSP.
    static ServerCertificate of(GivenFile certificates, GivenFile key) throws CertificateFault {
        return new ServerCertificate(certificates, key, null, false);
    }

    /// The certificate of the server, then each one's issuer.
    public List<X509Certificate> chain() {
        return chain;
    }

    public PrivateKey key() {
        return key;
    }

    /// The response to be stapled, or none; not to be changed.
    public byte @Nullable [] ocsp() {
        return ocsp;
    }

    /// The path of the certificate file as it was given.
    public String file() {
        return file;
    }

    /// The DNS names of the leaf (its subject alternative names), in lower case; wildcards as
    /// `*.example.org`. Its common name does not count, as for browsers (RFC 9110 section 4.3.4).
    public List<String> names() {
        return names;
    }

    /// When the leaf expires.
    public Instant expires() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    /// What an operator should know although the certificate can be used: expired, not valid yet,
    /// ends within 14 days, key file readable by others (when it was read). One sentence each,
    /// naming the file.
    public List<String> warnings(Instant now) {
        List<String> warnings = new ArrayList<>();
        for (int i = 0; i < chain.size(); i++) {
            X509Certificate certificate = chain.get(i);
            if (i == 0 || !isRoot(certificate)) {
                String which = i == 0 ? "the certificate" : "certificate " + (i + 1);
                warnOfTime(file + ": " + which, certificate, now, warnings);
            }
        }
        if (openKeyFile != null) {
            warnings.add(
                    openKeyFile
                            + ": every user of this machine can read the key; chmod o-r "
                            + GivenFile.quoted(openKeyFile));
        }
        return List.copyOf(warnings);
    }

    @Override
    public String toString() {
        return file;
    }

    private static void warnOfTime(
            String which, X509Certificate certificate, Instant now, List<String> warnings) {
        Instant begin = certificate.getNotBefore().toInstant();
        Instant end = certificate.getNotAfter().toInstant();
        if (now.isBefore(begin)) {
            warnings.add(which + " is not valid before " + begin);
        }
        if (now.isAfter(end)) {
            warnings.add(which + " has expired at " + end);
        } else if (now.plus(SOON).isAfter(end)) {
            warnings.add(which + " ends within 14 days, at " + end);
        }
    }

    /// Clients have their own copy of a root, and look at no time of one that is sent.
    private static boolean isRoot(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }

    private static byte[] ocsp(String path) throws CertificateFault {
        GivenFile file = GivenFile.read("ocsp_file", path, MAX_OCSP);
        byte[] response = file.bytes();
        if (response.length == 0 || response[0] != Der.SEQUENCE) {
            throw file.fault(
                    response.length == 0 ? "is empty" : "is no OCSP response in DER",
                    "write one with openssl ocsp -respout " + GivenFile.quoted(path));
        }
        return response;
    }

    private static boolean isOpen(String keyFile) {
        try {
            return Files.getPosixFilePermissions(Path.of(keyFile))
                    .contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false; // nothing is known of it
        }
    }
}
