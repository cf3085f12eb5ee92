package io.spillgate.http.tls;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.Map;

/// What a key is for, from its `AlgorithmIdentifier` (RFC 5280 section 4.1.1.2).
///
/// @param name as operators know it
record KeyKind(String name) {
    static final KeyKind RSA = new KeyKind("RSA");
    static final KeyKind P256 = new KeyKind("P-256");
    static final KeyKind P384 = new KeyKind("P-384");

    static final String REMEDY =
            "make a key that browsers take, and have a certificate issued for it:"
                    + " openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out FILE";

    static final int MIN_RSA_BITS = 2048;

    private static final String EC_OID = "1.2.840.10045.2.1";

    /// The object identifier of elliptic curve keys, as DER.
    static final byte[] EC_DER = {Der.OID, 7, 0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 2, 1};

    private static final Map<String, KeyKind> ALGORITHMS =
            Map.of(
                    "1.2.840.113549.1.1.1", RSA,
                    "1.2.840.113549.1.1.10", new KeyKind("RSASSA-PSS"),
                    "1.2.840.10040.4.1", new KeyKind("DSA"),
                    "1.3.101.112", new KeyKind("Ed25519"),
                    "1.3.101.113", new KeyKind("Ed448"));

    private static final Map<String, KeyKind> CURVES =
            Map.of(
                    "1.2.840.10045.3.1.7",
                    P256,
                    "1.3.132.0.34",
                    P384,
                    "1.3.132.0.35",
                    new KeyKind("P-521"),
                    "1.3.132.0.10",
                    new KeyKind("secp256k1"));

    /// @param algorithm the contents of the identifier
    static KeyKind of(Der algorithm) throws GeneralSecurityException {
        String oid = algorithm.oid();
        if (!oid.equals(EC_OID)) {
            return ALGORITHMS.getOrDefault(oid, new KeyKind("algorithm " + oid));
        }
        if (!algorithm.has(Der.OID)) {
            return new KeyKind("curve without a name");
        }
        String curve = algorithm.oid();
        return CURVES.getOrDefault(curve, new KeyKind("curve " + curve));
    }

    static KeyKind of(PublicKey key) throws GeneralSecurityException {
        return of(new Der(key.getEncoded()).in(Der.SEQUENCE).in(Der.SEQUENCE));
    }

    /// The kind of the key in a certificate that the JDK need not understand.
    ///
    /// @param certificate as DER
    static KeyKind inCertificate(byte[] certificate) throws GeneralSecurityException {
        Der signed = new Der(certificate).in(Der.SEQUENCE).in(Der.SEQUENCE);
        if (signed.has(Der.CONTEXT_0)) {
            signed.in(Der.CONTEXT_0); // version
        }
        signed.in(Der.INTEGER); // serial number
        signed.in(Der.SEQUENCE); // signature algorithm
        signed.in(Der.SEQUENCE); // issuer
        signed.in(Der.SEQUENCE); // validity
        signed.in(Der.SEQUENCE); // subject
        return of(signed.in(Der.SEQUENCE).in(Der.SEQUENCE));
    }

    /// Whether browsers take it in a server's certificate.
    boolean isUsable() {
        return equals(RSA) || isCurve();
    }

    boolean isCurve() {
        return equals(P256) || equals(P384);
    }
}
