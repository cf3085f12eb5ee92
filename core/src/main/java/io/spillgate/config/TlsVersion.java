package io.spillgate.config;

/// The oldest version of TLS that is spoken with clients.
public enum TlsVersion {
    /// RFC 5246, with forward secrecy and authenticated encryption only.
    TLS_1_2("1.2"),
    /// RFC 8446.
    TLS_1_3("1.3");

    private final String text;

    TlsVersion(String text) {
        this.text = text;
    }

    /// As the configuration writes it.
    @Override
    public String toString() {
        return text;
    }
}
