package io.spillgate.config;

/// Who does the cryptography of TLS.
public enum TlsProvider {
    /// BoringSSL where its library loads, else the JDK.
    AUTO,
    /// BoringSSL, as a library of this machine's kind.
    BORINGSSL,
    /// The JDK's own, which resumes fewer sessions and takes more processor time and memory.
    JDK
}
