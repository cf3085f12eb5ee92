package io.spillgate.it.harness;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// A response as it stood on the wire.
///
/// @param statusLine without CRLF
/// @param headers the header lines in their order
/// @param body without the framing; each byte is one char
public record Answer(String statusLine, List<Header> headers, String body) {
    public Answer {
        headers = List.copyOf(headers);
    }

    /// One header line.
    ///
    /// @param name as written
    /// @param value without surrounding blanks
    public record Header(String name, String value) {}

    /// The number in the status line.
    public int status() {
        return Integer.parseInt(statusLine.split(" ", 3)[1]);
    }

    /// The value of a header; null when it is absent.
    ///
    /// @throws AssertionError when it is there more than once
    public @Nullable String header(String name) {
        List<String> values = values(name);
        if (values.size() > 1) {
            throw new AssertionError(name + " is there " + values.size() + " times: " + headers);
        }
        return values.isEmpty() ? null : values.getFirst();
    }

    /// All values of a header.
    public List<String> values(String name) {
        return headers.stream()
                .filter(header -> header.name.equalsIgnoreCase(name))
                .map(Header::value)
                .toList();
    }

    /// The body read as UTF-8.
    public String text() {
        return new String(body.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
