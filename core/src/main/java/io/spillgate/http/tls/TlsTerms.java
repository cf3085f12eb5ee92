package io.spillgate.http.tls;

import io.spillgate.config.TlsVersion;

import java.security.cert.X509Certificate;
import java.util.List;

/// What a listener shows and asks for in a handshake. Immutable.
///
/// @param certificates the one for clients without a name, or with an unknown one, first
/// @param strict whether these clients are refused
/// @param oldest the oldest version that is spoken
/// @param resumed whether sessions may be resumed
/// @param authorities who must have signed a client's certificate; empty = clients need none
/// @param handshakeNanos from the accept to the end of the handshake
/// @param maxHandshakes handshakes in progress at once
public record TlsTerms(
        List<ServerCertificate> certificates,
        boolean strict,
        TlsVersion oldest,
        boolean resumed,
        List<X509Certificate> authorities,
        long handshakeNanos,
        int maxHandshakes) {
    public TlsTerms {
        certificates = List.copyOf(certificates);
        authorities = List.copyOf(authorities);
    }
}
