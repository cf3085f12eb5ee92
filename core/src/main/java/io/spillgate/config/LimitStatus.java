package io.spillgate.config;

/// The status for a request line or a header that is too long.
public enum LimitStatus {
    /// 413 for all (seed: "413 Request Entity Too Large").
    SEED("413"),
    /// 414 and 431 (RFC 9110 section 15.5.15, RFC 6585 section 5).
    RFC("rfc");

    private final String text;

    LimitStatus(String text) {
        this.text = text;
    }

    /// As the configuration writes it.
    @Override
    public String toString() {
        return text;
    }
}
