package io.spillgate.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// The present as a value of the header Date (RFC 9110 section 5.6.7), formatted once a second.
public final class HttpDate {
    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private static volatile Formatted latest = new Formatted(0, "");

    private HttpDate() {}

    /// Any thread.
    public static String now() {
        long second = System.currentTimeMillis() / 1000;
        Formatted formatted = latest;
        if (formatted.second != second) {
            formatted = new Formatted(second, FORMAT.format(Instant.ofEpochSecond(second)));
            latest = formatted;
        }
        return formatted.text;
    }

    private record Formatted(long second, String text) {}
}
