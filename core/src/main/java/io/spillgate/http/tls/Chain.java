package io.spillgate.http.tls;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/// The certificates of a file, the leaf first and each issued by the next one.
final class Chain {
    private static final int DNS_NAME = 2;
    private static final String ORDER =
            "put the certificate of the server first, and behind each one the one that issued it:"
                    + " cat server.pem intermediate.pem > chain.pem";

    private Chain() {}

    static List<X509Certificate> read(GivenFile file) throws CertificateFault {
        List<X509Certificate> chain = all(file);
        checkOrder(file, chain);
        checkLeaf(file, chain.getFirst());
        return chain;
    }

    /// The certificates of a file, at least one, in whatever order.
    static List<X509Certificate> all(GivenFile file) throws CertificateFault {
        if (file.isDer()) {
            throw file.notPem("openssl x509 -inform der");
        }
        PemFile pem = PemFile.of(file);
        List<X509Certificate> all = new ArrayList<>();
        for (PemFile.Block block : pem.blocks()) {
            if (block.isCertificate()) {
                all.add(certificate(pem, block));
            }
        }
        if (all.isEmpty()) {
            throw none(pem);
        }
        return List.copyOf(all);
    }

    /// The DNS names that a certificate is for, in lower case.
    ///
    /// @param file where it is from
    static List<String> names(GivenFile file, X509Certificate certificate) throws CertificateFault {
        Collection<List<?>> all;
        try {
            all = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            throw damaged(file, e);
        }
        if (all == null) {
            return List.of();
        }
        return all.stream()
                .filter(name -> name.getFirst().equals(DNS_NAME))
                .map(name -> String.valueOf(name.get(1)).toLowerCase(Locale.ROOT))
                .distinct()
                .toList();
    }

    private static CertificateFault none(PemFile pem) {
        boolean isKey = pem.blocks().stream().anyMatch(PemFile.Block::isKey);
        String remedy =
                isKey
                        ? "are certificate_file and key_file exchanged?"
                        : "name the file that begins with -----BEGIN CERTIFICATE-----";
        return pem.file().fault("has no certificate, " + pem.found(), remedy);
    }

    private static X509Certificate certificate(PemFile pem, PemFile.Block block)
            throws CertificateFault {
        byte[] der = pem.der(block);
        ByteArrayInputStream in = new ByteArrayInputStream(der);
        try {
            var certificate =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(in);
            if (in.available() > 0) {
                throw new CertificateException("it goes on behind its end");
            }
            return certificate;
        } catch (CertificateException | RuntimeException e) { // of damaged ones both come
            checkKind(pem.file(), der);
            throw pem.file().damaged(block.toString(), e);
        }
    }

    /// The JDK does not read certificates for curves that it does not know.
    private static void checkKind(GivenFile file, byte[] certificate) throws CertificateFault {
        KeyKind kind;
        try {
            kind = KeyKind.inCertificate(certificate);
        } catch (GeneralSecurityException e) {
            return;
        }
        if (!kind.isUsable()) {
            throw unusable(file, kind);
        }
    }

    private static void checkOrder(GivenFile file, List<X509Certificate> chain)
            throws CertificateFault {
        for (int i = 1; i < chain.size(); i++) {
            X509Certificate issued = chain.get(i - 1);
            X509Certificate issuer = chain.get(i);
            if (!issued.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
                throw file.fault(
                        "the chain is not in order: " + disorder(chain, i, issued, issuer), ORDER);
            }
        }
    }

    private static String disorder(
            List<X509Certificate> chain, int i, X509Certificate issued, X509Certificate issuer) {
        if (isAuthority(chain.getFirst())) {
            for (int leaf = 1; leaf < chain.size(); leaf++) {
                if (!isAuthority(chain.get(leaf))) {
                    String name = chain.get(leaf).getSubjectX500Principal().getName();
                    return "the server's own certificate (" + name + ") is number " + (leaf + 1);
                }
            }
        }
        return "number %d is %s, but number %d was issued by %s"
                .formatted(
                        i + 1,
                        issuer.getSubjectX500Principal().getName(),
                        i,
                        issued.getIssuerX500Principal().getName());
    }

    private static boolean isAuthority(X509Certificate certificate) {
        return certificate.getBasicConstraints() >= 0;
    }

    private static void checkLeaf(GivenFile file, X509Certificate leaf) throws CertificateFault {
        try {
            KeyKind kind = KeyKind.of(leaf.getPublicKey());
            if (!kind.isUsable()) {
                throw unusable(file, kind);
            }
            if (leaf.getPublicKey() instanceof RSAPublicKey rsa) {
                int bits = rsa.getModulus().bitLength();
                if (bits < KeyKind.MIN_RSA_BITS) {
                    throw file.fault(
                            "the certificate's RSA key has " + bits + " bits", KeyKind.REMEDY);
                }
            }
        } catch (GeneralSecurityException e) {
            throw damaged(file, e);
        }
    }

    private static CertificateFault damaged(GivenFile file, GeneralSecurityException cause) {
        return file.damaged("the certificate", cause);
    }

    private static CertificateFault unusable(GivenFile file, KeyKind kind) {
        String problem = "the certificate's key is " + kind.name() + ", which is not supported";
        return file.fault(problem, KeyKind.REMEDY);
    }
}
