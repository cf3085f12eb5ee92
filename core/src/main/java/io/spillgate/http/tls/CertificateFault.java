package io.spillgate.http.tls;

import org.jspecify.annotations.Nullable;

/// Why a certificate or key file can't be used: the message names the file, what is wrong, and the
/// remedy.
public final class CertificateFault extends Exception {
    private static final long serialVersionUID = 1L;

    private final String key;

    CertificateFault(String key, String message, @Nullable Exception cause) {
        super(message, cause);
        this.key = key;
    }

    /// Which key of the configuration it is about, as `key_file`.
    public String key() {
        return key;
    }
}
