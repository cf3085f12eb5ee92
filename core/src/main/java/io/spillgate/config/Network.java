package io.spillgate.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// A network of IP addresses in CIDR form, or a single address.
public final class Network {
    private final byte[] prefix;
    private final int bits;

    private Network(byte[] prefix, int bits) {
        this.prefix = prefix;
        this.bits = bits;
    }

    /// Reads `10.0.0.0/8`, `2001:db8::/32` or an address.
    ///
    /// @param key the configuration key, for the message
    /// @throws InvalidValue when the text is not an address or the prefix is too long
    public static Network parse(String key, String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        byte[] prefix = literal(address);
        if (prefix.length == 0) {
            throw malformed(key, text);
        }
        int bits = prefix.length * 8;
        if (slash >= 0) {
            String digits = text.substring(slash + 1);
            if (!digits.matches("[0-9]{1,3}") || Integer.parseInt(digits) > bits) {
                throw malformed(key, text);
            }
            bits = Integer.parseInt(digits);
        }
        return new Network(prefix, bits);
    }

    /// The bytes of a literal IP address; an array of length 0 when the text is none. Never asks
    /// DNS.
    public static byte[] literal(String text) {
        boolean v6 = text.indexOf(':') >= 0;
        String allowed = v6 ? "[0-9a-fA-F:.]{2,45}" : "[0-9]{1,3}(\\.[0-9]{1,3}){3}";
        if (!text.matches(allowed)) {
            return new byte[0];
        }
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            return new byte[0];
        }
    }

    /// Whether the address (4 or 16 bytes, network order) belongs to this network.
    public boolean contains(byte[] address) {
        if (address.length != prefix.length) {
            return false;
        }
        int whole = bits / 8;
        if (!Arrays.equals(address, 0, whole, prefix, 0, whole)) {
            return false;
        }
        int rest = bits % 8;
        return rest == 0 || ((address[whole] ^ prefix[whole]) & 0xff) >> (8 - rest) == 0;
    }

    private static InvalidValue malformed(String key, String text) {
        return new InvalidValue(
                key,
                "has \""
                        + text
                        + "\", must be an IP address or a network such as 10.0.0.0/8 or"
                        + " 2001:db8::/32");
    }
}
