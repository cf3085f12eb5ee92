package io.spillgate.it.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;

/// Files of any size whose bytes do not repeat, and what they hash to.
final class Digest {
    private static final int BLOCK = 1 << 20;

    private Digest() {}

    /// Writes a file.
    ///
    /// @return its SHA-256 in hexadecimal digits
    static String write(Path file, long size) throws IOException {
        MessageDigest digest = sha256();
        SplittableRandom random = new SplittableRandom(size);
        byte[] block = new byte[BLOCK];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long left = size; left > 0; left -= BLOCK) {
                random.nextBytes(block);
                int length = (int) Math.min(left, BLOCK);
                digest.update(block, 0, length);
                out.write(block, 0, length);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /// The SHA-256 of a file in hexadecimal digits.
    static String of(Path file) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
