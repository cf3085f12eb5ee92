package io.spillgate.client.pool;

import io.spillgate.net.AddressText;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Pattern;

/// What an address of a backend is called where a client sees it: `sg.` and 16 letters, digits, `-`
/// and `_`, which depend on nothing but IP and port. So all gateways before the same backends call
/// them the same, whenever they were started. No secret: who guesses an address can recognize it.
///
/// @param text the name
/// @param seed what the address is told apart by where a key is hashed
public record AddressId(String text, long seed) {
    private static final String MARK = "sg.";
    private static final int NAME_BYTES = 12;
    private static final Pattern FORM = Pattern.compile("sg\\.[A-Za-z0-9_-]{16}");

    static AddressId of(InetSocketAddress address) {
        byte[] digest = sha256("spillgate " + AddressText.of(address));
        ByteBuffer name = ByteBuffer.wrap(digest, 0, NAME_BYTES);
        String text =
                MARK
                        + StandardCharsets.US_ASCII.decode(
                                Base64.getUrlEncoder().withoutPadding().encode(name));
        return new AddressId(text, ByteBuffer.wrap(digest).getLong(NAME_BYTES));
    }

    /// Loads what is needed to make names, which would take long on a loop with clients on it.
    static void load() {
        of(InetSocketAddress.createUnresolved("localhost", 0));
    }

    /// Whether a text has the form of a name, of an address that is there or was.
    public static boolean isOne(String text) {
        return text.startsWith(MARK) && FORM.matcher(text).matches();
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
