package io.spillgate.http;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What the Accept header says of event streams (RFC 9110 section 12.5.1).
public final class Accepts {
    private static final String EVENT_STREAM = "text/event-stream";

    private Accepts() {}

    /// Whether an event stream may be the answer; the most specific range decides. No header allows
    /// everything.
    public static boolean eventStream(List<String> accept) {
        if (accept.stream().allMatch(String::isBlank)) {
            return true;
        }
        int precision = 0;
        boolean allowed = false;
        for (String line : accept) {
            for (String range : line.split(",", -1)) {
                int found = precision(type(range));
                if (found > precision) {
                    precision = found;
                    allowed = !isRefused(range);
                }
            }
        }
        return allowed;
    }

    /// Whether an event stream is named, so that a refusal may have that form.
    public static boolean namesEventStream(List<String> accept) {
        return accept.stream()
                .flatMap(line -> Arrays.stream(line.split(",", -1)))
                .anyMatch(range -> type(range).equals(EVENT_STREAM) && !isRefused(range));
    }

    /// Whether the value of a Content-Type is that of an event stream.
    public static boolean isEventStream(String contentType) {
        return type(contentType).equals(EVENT_STREAM);
    }

    private static int precision(String type) {
        return switch (type) {
            case EVENT_STREAM -> 3;
            case "text/*" -> 2;
            case "*/*" -> 1;
            default -> 0;
        };
    }

    private static String type(String range) {
        int semicolon = range.indexOf(';');
        return (semicolon < 0 ? range : range.substring(0, semicolon))
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    private static boolean isRefused(String range) {
        return range.toLowerCase(Locale.ROOT).replace(" ", "").matches(".*;q=0(\\.0{0,3})?(;.*)?");
    }
}
