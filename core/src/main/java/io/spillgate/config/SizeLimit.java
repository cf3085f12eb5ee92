package io.spillgate.config;

/// A number of bytes, or no limit.
///
/// @param bytes `Long.MAX_VALUE` for no limit
public record SizeLimit(long bytes) {
    /// No limit, written `infinite`.
    public static final SizeLimit INFINITE = new SizeLimit(Long.MAX_VALUE);

    public SizeLimit {
        if (bytes < 0) {
            throw new InvalidValue("is " + bytes + " bytes, must not be negative");
        }
    }

    @Override
    public String toString() {
        return bytes == Long.MAX_VALUE ? "infinite" : new ByteSize(bytes).toString();
    }
}
