package io.spillgate.config;

/// How many bytes of each read and write are logged as a hexdump: `off`, or a number (Pekko HTTP).
///
/// @param bytes 0 = off
public record NetworkLog(int bytes) {
    /// Nothing is logged.
    public static final NetworkLog OFF = new NetworkLog(0);

    public NetworkLog {
        Require.between("bytes", bytes, 0, 1_000_000);
    }

    /// Reads `off` or a number.
    ///
    /// @throws InvalidValue when the text is neither
    public static NetworkLog parse(String text) {
        if (text.equals("off")) {
            return OFF;
        }
        if (!text.matches("[0-9]{1,7}") || Integer.parseInt(text) > 1_000_000) {
            throw new InvalidValue(
                    "is \"" + text + "\", must be off or a number of bytes, at most 1000000");
        }
        return new NetworkLog(Integer.parseInt(text));
    }

    @Override
    public String toString() {
        return bytes == 0 ? "off" : Integer.toString(bytes);
    }
}
