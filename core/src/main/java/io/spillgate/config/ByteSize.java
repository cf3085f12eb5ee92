package io.spillgate.config;

/// A number of bytes, at least zero.
///
/// @param bytes the number
public record ByteSize(long bytes) {
    /// One kibibyte.
    public static final long KIB = 1024;

    /// One mebibyte.
    public static final long MIB = 1024 * KIB;

    public ByteSize {
        if (bytes < 0) {
            throw new InvalidValue("is " + bytes + " bytes, must not be negative");
        }
    }

    /// A size of `n` mebibytes.
    public static ByteSize mebibytes(long n) {
        return new ByteSize(n * MIB);
    }

    /// The shortest exact form that the configuration reads back, for example `64KiB`.
    @Override
    public String toString() {
        if (bytes > 0 && bytes % MIB == 0) {
            return bytes / MIB + "MiB";
        }
        if (bytes > 0 && bytes % KIB == 0) {
            return bytes / KIB + "KiB";
        }
        return bytes + "B";
    }
}
