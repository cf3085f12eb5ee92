package io.spillgate.app;

import io.netty.util.NetUtil;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/// For whom a certificate is: a name of DNS, perhaps with `*` as its first label, or an IP address.
///
/// @param text the name in lower case, or the address without brackets in its shortest form
/// @param isAddress whether it is an address
record DevName(String text, boolean isAddress) {
    /// The machine itself.
    static final DevName LOCALHOST = new DevName("localhost", false);

    private static final String ANY = "*.";
    private static final int MAX_NAME = 253;
    private static final Pattern LABELS =
            Pattern.compile("(?!(?:.*\\.)?[0-9]+$)" + label() + "(?:\\." + label() + ")*");

    /// Reads what `--name` takes.
    static final class Converter implements ITypeConverter<DevName> {
        @Override
        public DevName convert(String text) {
            return parse(text);
        }
    }

    /// Reads a name.
    ///
    /// @throws TypeConversionException when it is none that a client would find in a certificate
    static DevName parse(String text) {
        byte[] address =
                text.contains("%") ? null : NetUtil.createByteArrayFromIpAddressString(text);
        if (address != null) {
            return new DevName(shortest(address), true);
        }
        if (text.chars().anyMatch(c -> c >= 128)) {
            throw wrong(text, "must be in its ASCII form (xn--...)");
        }
        String name = text.toLowerCase(Locale.ROOT);
        boolean wildcard = name.startsWith(ANY);
        String rest = wildcard ? name.substring(ANY.length()) : name;
        if (name.length() > MAX_NAME || !LABELS.matcher(rest).matches()) {
            throw wrong(
                    text,
                    "must be a name or an address, without a port, such as app.example.test,"
                            + " *.example.test or 192.0.2.1");
        }
        if (wildcard && rest.indexOf('.') < 0) {
            throw wrong(text, "must have two labels below the *, clients take no other wildcard");
        }
        return new DevName(name, false);
    }

    /// As an entry of the extension subjectAltName, for keytool and openssl (RFC 5280 section
    /// 4.2.1.6).
    String entry() {
        return (isAddress ? "IP:" : "DNS:") + text;
    }

    /// A host that the certificate is good for.
    String host() {
        return text.startsWith(ANY) ? "www." + text.substring(ANY.length()) : text;
    }

    @Override
    public String toString() {
        return text;
    }

    /// Letters, digits and hyphens (RFC 1123 section 2.1).
    private static String label() {
        return "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
    }

    private static String shortest(byte[] address) {
        try {
            return NetUtil.toAddressString(InetAddress.getByAddress(address));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static TypeConversionException wrong(String text, String why) {
        return new TypeConversionException("'" + Json.visible(text) + "' " + why);
    }
}
