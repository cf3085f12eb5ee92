package io.spillgate.config;

/// `tls`: what is verified, and shown, on `https`.
///
/// @param verify whether the certificate's chain and name are verified
/// @param trustFile PEM file of the authorities that are trusted; empty = those of the JDK
/// @param serverName the name for SNI and verification; empty = that of the target
/// @param certificateFile PEM file of the chain that is shown to the backend; empty = none
/// @param keyFile PEM file of the certificate's private key (PKCS 8)
public record TlsConfig(
        boolean verify,
        String trustFile,
        String serverName,
        String certificateFile,
        String keyFile) {
    /// What holds for every key that is not set.
    public static final TlsConfig DEFAULT = new TlsConfig(true, "", "", "", "");

    public TlsConfig {
        Require.pair(certificateFile, keyFile);
    }
}
