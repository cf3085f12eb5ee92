package io.spillgate.http.tls;

import io.spillgate.config.AdminConfig;

import java.security.cert.X509Certificate;
import java.util.List;

/// The authorities whose certificates clients must have.
public final class ClientAuthorities {
    private static final int MAX_PEM = 1 << 20;

    private ClientAuthorities() {}

    /// Reads those of the admin listener from a PEM file of at most 1 MiB; none when it asks for no
    /// certificates. Blocks on the disk: not for an event loop.
    public static List<X509Certificate> of(AdminConfig admin) throws CertificateFault {
        return admin.clientCaFile().isEmpty() || admin.bindAddress().isOff()
                ? List.of()
                : Chain.all(GivenFile.read("client_ca_file", admin.clientCaFile(), MAX_PEM));
    }
}
