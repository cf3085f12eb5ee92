package io.spillgate.http;

import io.netty.handler.codec.DateFormatter;

import java.util.Date;

/// The present as a value of the header Date (RFC 9110 section 5.6.7), formatted once a second.
public final class HttpDate {
    private static volatile Formatted latest = new Formatted(0, "");

    private HttpDate() {}

    /// Any thread.
    @SuppressWarnings("JavaUtilDate") // what Netty's formatter takes
    public static String now() {
        long millis = System.currentTimeMillis();
        long second = millis / 1000;
        Formatted formatted = latest;
        if (formatted.second != second) {
            formatted = new Formatted(second, DateFormatter.format(new Date(millis)));
            latest = formatted;
        }
        return formatted.text;
    }

    private record Formatted(long second, String text) {}
}
