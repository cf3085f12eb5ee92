package io.spillgate.http.tls;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Objects;
import java.util.regex.Pattern;

/// A file that an operator has named, and what is in it.
///
/// @param key what names it in the configuration
/// @param path as it was given
/// @param bytes its content; not to be changed
@SuppressWarnings("ArrayRecordComponent") // never compared
record GivenFile(String key, String path, byte[] bytes) {
    private static final Pattern PLAIN = Pattern.compile("[\\w./@%+=:,-]+");
    private static final Pattern ENDING = Pattern.compile("\\.[^./]*$");

    /// Reads the whole file.
    ///
    /// @param max bytes that it may have
    static GivenFile read(String key, String path, int max) throws CertificateFault {
        GivenFile unread = new GivenFile(key, path, new byte[0]);
        try {
            Path file = Path.of(path);
            if (!Files.exists(file)) {
                throw unread.fault("is not there", "correct the path, or put the file there");
            }
            // a pipe could block for ever
            if (!Files.isRegularFile(file)) {
                throw unread.fault("is not a regular file", "name a file");
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(max + 1);
                if (bytes.length > max) {
                    String problem = "has more than " + max + " bytes";
                    throw unread.fault(problem, "name the file with nothing else in it");
                }
                return new GivenFile(key, path, bytes);
            }
        } catch (AccessDeniedException e) {
            String remedy = "let the user that runs the gateway read it";
            throw unread.fault("can't be read: permission denied", remedy, e);
        } catch (IOException e) {
            throw unread.fault("can't be read: " + e.getMessage(), "make it readable", e);
        } catch (InvalidPathException e) {
            throw unread.fault("is no path of a file", "correct the path", e);
        }
    }

    /// Whether it begins as certificates and keys in DER do, and no text: a sequence with a length
    /// that is not a short one, or with a number in it.
    boolean isDer() {
        return bytes.length > 2
                && bytes[0] == Der.SEQUENCE
                && (bytes[1] < 0 || bytes[2] == Der.INTEGER);
    }

    CertificateFault fault(String problem, String remedy) {
        return fault(problem, remedy, null);
    }

    CertificateFault fault(String problem, String remedy, @Nullable Exception cause) {
        return new CertificateFault(key, path + ": " + problem + "; " + remedy, cause);
    }

    /// What says that a part of it can't be read.
    CertificateFault damaged(String part, Exception cause) {
        String why = Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getName());
        String problem = part + " is damaged: " + why;
        return fault(problem, "copy the file again from where it was made", cause);
    }

    /// What says how this file of DER becomes one of PEM.
    ///
    /// @param conversion start of the command for what it probably is
    CertificateFault notPem(String conversion) {
        return isPkcs12()
                ? fault("is PKCS 12, not PEM", command("openssl pkcs12 -nodes"))
                : fault("is DER, not PEM", command(conversion));
    }

    private boolean isPkcs12() {
        try {
            byte[] version = new Der(bytes).in(Der.SEQUENCE).in(Der.INTEGER).rest();
            return version.length == 1 && version[0] == 3; // RFC 7292 section 4
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /// A command that reads this file and writes another one beside it.
    ///
    /// @param start of the command, before its files
    String command(String start) {
        String target = ENDING.matcher(path).replaceFirst("") + "-new.pem";
        return start + " -in " + quoted(path) + " -out " + quoted(target);
    }

    /// The path as one word of a shell.
    static String quoted(String path) {
        return PLAIN.matcher(path).matches() ? path : "'" + path.replace("'", "'\\''") + "'";
    }
}
