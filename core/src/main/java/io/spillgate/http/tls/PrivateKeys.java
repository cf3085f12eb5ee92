package io.spillgate.http.tls;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;

/// The private key of a file: PKCS 8 (RFC 5958), PKCS 1 (RFC 8017) or SEC 1 (RFC 5915).
final class PrivateKeys {
    private static final byte[] VERSION = {Der.INTEGER, 1, 0};
    private static final byte[] RSA_ALGORITHM =
            Der.element(
                    Der.SEQUENCE,
                    new byte[] {
                        Der.OID, 9, 42, (byte) 134, 72, (byte) 134, (byte) 247, 13, 1, 1, 1
                    },
                    new byte[] {5, 0});
    private static final byte[] PROBE = {1, 2, 3};

    private PrivateKeys() {}

    /// Reads the first key of the file.
    ///
    /// @param certified what it must belong to
    /// @param certificateFile where that is from
    static PrivateKey read(GivenFile file, PublicKey certified, String certificateFile)
            throws CertificateFault {
        if (file.isDer()) {
            throw file.notPem("openssl pkey -inform der");
        }
        PemFile pem = PemFile.of(file);
        PemFile.Block block = keyOf(pem);
        byte[] der = pem.der(block);
        try {
            byte[] pkcs8 =
                    switch (block.label()) {
                        case "PRIVATE KEY" -> der;
                        case "RSA PRIVATE KEY" -> pkcs8(RSA_ALGORITHM, der);
                        case "EC PRIVATE KEY" -> pkcs8(curve(der, certified), der);
                        default -> throw unusable(file, block.label());
                    };
            KeyKind kind = kindOf(pkcs8);
            if (!kind.isUsable()) {
                throw unusable(file, kind.name());
            }
            PrivateKey key =
                    KeyFactory.getInstance(kind.isCurve() ? "EC" : "RSA")
                            .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            checkSize(file, key);
            if (!kind.equals(KeyKind.of(certified)) || !fits(key, certified)) {
                throw foreign(file, certificateFile);
            }
            return key;
        } catch (GeneralSecurityException | RuntimeException e) { // of damaged ones both come
            throw file.damaged(block.toString(), e);
        }
    }

    private static PemFile.Block keyOf(PemFile pem) throws CertificateFault {
        for (PemFile.Block block : pem.blocks()) {
            if (block.isKey()) {
                if (block.isEncrypted()) {
                    throw pem.file()
                            .fault(
                                    "the key is encrypted",
                                    "write it without a passphrase: "
                                            + pem.file().command("openssl pkey"));
                }
                return block;
            }
        }
        boolean isCertificate = pem.blocks().stream().anyMatch(PemFile.Block::isCertificate);
        String remedy =
                isCertificate
                        ? "was the certificate's file given as key_file?"
                        : "name the file that has -----BEGIN PRIVATE KEY-----";
        throw pem.file().fault("has no private key, " + pem.found(), remedy);
    }

    private static KeyKind kindOf(byte[] pkcs8) throws GeneralSecurityException {
        Der key = new Der(pkcs8).in(Der.SEQUENCE);
        key.in(Der.INTEGER); // version
        return KeyKind.of(key.in(Der.SEQUENCE));
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return Der.element(Der.SEQUENCE, VERSION, algorithm, Der.element(Der.OCTETS, key));
    }

    /// The algorithm of a SEC 1 key, whose curve is a part of it that may be missing.
    private static byte[] curve(byte[] sec1, PublicKey certified) throws GeneralSecurityException {
        Der key = new Der(sec1).in(Der.SEQUENCE);
        key.in(Der.INTEGER); // version
        key.in(Der.OCTETS); // the key itself
        if (key.has(Der.CONTEXT_0)) {
            return Der.element(Der.SEQUENCE, KeyKind.EC_DER, key.in(Der.CONTEXT_0).rest());
        }
        if (!KeyKind.of(certified).isCurve()) {
            return Der.element(Der.SEQUENCE, KeyKind.EC_DER);
        }
        Der subject = new Der(certified.getEncoded()).in(Der.SEQUENCE);
        return Der.element(Der.SEQUENCE, subject.in(Der.SEQUENCE).rest());
    }

    private static void checkSize(GivenFile file, PrivateKey key) throws CertificateFault {
        if (key instanceof RSAPrivateKey rsa) {
            int bits = rsa.getModulus().bitLength();
            if (bits < KeyKind.MIN_RSA_BITS) {
                throw file.fault("the RSA key has " + bits + " bits", KeyKind.REMEDY);
            }
        }
    }

    private static boolean fits(PrivateKey key, PublicKey certified)
            throws GeneralSecurityException {
        if (key instanceof RSAPrivateKey own && certified instanceof RSAPublicKey theirs) {
            return own.getModulus().equals(theirs.getModulus());
        }
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(certified);
        signature.update(PROBE);
        return signature.verify(signed);
    }

    private static CertificateFault foreign(GivenFile file, String certificateFile) {
        return file.fault(
                "the key does not belong to the certificate in " + certificateFile,
                "give the two that were made together; these print the same then: openssl pkey -in "
                        + GivenFile.quoted(file.path())
                        + " -pubout; openssl x509 -in "
                        + GivenFile.quoted(certificateFile)
                        + " -noout -pubkey");
    }

    private static CertificateFault unusable(GivenFile file, String kind) {
        return file.fault("the key is " + kind + ", which is not supported", KeyKind.REMEDY);
    }
}
