package io.spillgate.config;

import java.time.Duration;
import java.util.List;

/// `[tls]`: the public listener that speaks TLS.
///
/// @param bindAddress where it binds, beside `http.bind_address`; `off` disables it
/// @param certificateFile PEM file of the chain that is shown to clients without SNI or with an
///   unknown name, the certificate itself first
/// @param keyFile PEM file of its private key (PKCS 8, PKCS 1 or SEC 1), not encrypted
/// @param certificates more of them, chosen by the names in the certificates
/// @param strictSni whether a client without a name, or with an unknown one, is refused
/// @param minVersion the oldest version that is spoken
/// @param provider who does the cryptography
/// @param handshakeTimeout from the accept to the end of the handshake
/// @param maxHandshakes handshakes in progress; who comes then waits with its hello
/// @param sessionTickets whether clients may resume their sessions
/// @param ticketSecretFile at least 32 bytes that processes behind one address share, so that each
///   resumes the sessions of the others; empty = made at the start
/// @param redirectHttp whether `http.bind_address` sends everybody here
public record ListenerTlsConfig(
        BindAddress bindAddress,
        String certificateFile,
        String keyFile,
        List<CertificateConfig> certificates,
        boolean strictSni,
        TlsVersion minVersion,
        TlsProvider provider,
        Duration handshakeTimeout,
        int maxHandshakes,
        boolean sessionTickets,
        String ticketSecretFile,
        boolean redirectHttp) {

    /// What holds for every key that is not set.
    public static final ListenerTlsConfig DEFAULT =
            new ListenerTlsConfig(
                    BindAddress.OFF,
                    "",
                    "",
                    List.of(),
                    false,
                    TlsVersion.TLS_1_2,
                    TlsProvider.AUTO,
                    Duration.ofSeconds(10),
                    1024,
                    true,
                    "",
                    false);

    public ListenerTlsConfig {
        certificates = List.copyOf(certificates);
        Require.pair(certificateFile, keyFile);
        Require.atLeast("handshakeTimeout", handshakeTimeout, Duration.ofMillis(1));
        Require.between("maxHandshakes", maxHandshakes, 1, 1_000_000);
        if (!bindAddress.isOff() && certificateFile.isEmpty() && certificates.isEmpty()) {
            throw new InvalidValue(
                    "bindAddress",
                    "is "
                            + bindAddress
                            + " without a certificate, must be off, or certificate_file and"
                            + " key_file set (spillgate dev-cert makes some to try)");
        }
        if (redirectHttp && bindAddress.isOff()) {
            throw new InvalidValue(
                    "redirectHttp", "is true, must be false while tls.bind_address is off");
        }
    }

    /// The same, but with the keys of a running gateway that can't change; whether there is this
    /// listener is one of them.
    ListenerTlsConfig keeping(ListenerTlsConfig running) {
        if (bindAddress.isOff() != running.bindAddress.isOff()) {
            return running;
        }
        return new ListenerTlsConfig(
                running.bindAddress,
                certificateFile,
                keyFile,
                certificates,
                strictSni,
                minVersion,
                running.provider,
                handshakeTimeout,
                maxHandshakes,
                sessionTickets,
                running.ticketSecretFile,
                redirectHttp);
    }
}
