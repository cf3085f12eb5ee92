package io.spillgate.http.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// The certificates and keys among the resources.
final class Fixtures {
    private Fixtures() {}

    static Path file(String name) {
        URL url = Objects.requireNonNull(Fixtures.class.getResource(name), name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] bytes(String name) {
        try {
            return Files.readAllBytes(file(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Several files in a row.
    static String text(String... names) {
        StringBuilder text = new StringBuilder();
        for (String name : names) {
            text.append(new String(bytes(name), StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    /// As if it had been read for the given key of the configuration.
    static GivenFile given(String key, byte[] bytes) {
        return new GivenFile(key, "F", bytes);
    }

    static GivenFile given(String key, String text) {
        return given(key, text.getBytes(StandardCharsets.UTF_8));
    }
}
