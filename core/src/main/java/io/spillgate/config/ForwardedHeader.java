package io.spillgate.config;

/// The family of header lines by which a trusted proxy says for whom it asks.
public enum ForwardedHeader {
    /// X-Forwarded-For, with X-Forwarded-Proto and X-Forwarded-Host.
    X_FORWARDED_FOR("x-forwarded-for"),
    /// Forwarded, with its parameters `for`, `proto` and `host` (RFC 7239).
    FORWARDED("forwarded");

    private final String text;

    ForwardedHeader(String text) {
        this.text = text;
    }

    /// As the configuration writes it.
    @Override
    public String toString() {
        return text;
    }
}
