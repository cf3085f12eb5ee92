package io.spillgate.app.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// The text of one configuration file.
///
/// @param file as the user named it
/// @param text decoded from UTF-8, without byte order mark
record SourceText(String file, String text) {
    /// A configuration is far smaller; what is larger was not meant.
    static final int MAX_BYTES = 1024 * 1024;

    /// Reads at most [#MAX_BYTES], also from a pipe or a device.
    ///
    /// @throws Unreadable when that fails or the content is no text; says so in words for a user
    static SourceText read(Path path) throws Unreadable {
        String file = path.toString();
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        } catch (NoSuchFileException e) {
            throw new Unreadable(file, 0, "does not exist", e);
        } catch (AccessDeniedException e) {
            throw new Unreadable(file, 0, "may not be read by this user", e);
        } catch (IOException e) {
            throw new Unreadable(file, 0, "cannot be read: " + e.getMessage(), e);
        }
        if (bytes.length > MAX_BYTES) {
            throw new Unreadable(
                    file, 0, "is larger than " + MAX_BYTES + " bytes, the most that is read", null);
        }
        return new SourceText(file, decoded(file, bytes));
    }

    /// The place of a line, from 1.
    Place at(int line) {
        return new Place.InFile(file, line);
    }

    private static String decoded(String file, byte[] bytes) throws Unreadable {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)
                        .decode(in, out, true);
        if (result.isError()) {
            int line = 1;
            for (int i = 0; i < in.position(); i++) {
                line += bytes[i] == '\n' ? 1 : 0;
            }
            throw new Unreadable(
                    file, line, "has bytes that are not UTF-8, must be UTF-8 text", null);
        }
        String text = out.flip().toString();
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }
}
