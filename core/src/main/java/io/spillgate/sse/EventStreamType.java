package io.spillgate.sse;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// The media type `text/event-stream` in the headers that speak of it (RFC 9110 sections 8.3.1 and
/// 12.5.1). No state; any thread.
public final class EventStreamType {
    private static final String EVENT_STREAM = "text/event-stream";

    private EventStreamType() {}

    /// Whether the value of a Content-Type is that of an event stream, with any parameters; not
    /// when there is none.
    public static boolean is(@Nullable String contentType) {
        return contentType != null && type(contentType).equalsIgnoreCase(EVENT_STREAM);
    }

    /// Whether an event stream may be the answer; the most specific range decides. No header allows
    /// everything.
    ///
    /// @param accept the values of all Accept headers
    public static boolean isAccepted(List<String> accept) {
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
    ///
    /// @param accept the values of all Accept headers
    public static boolean isNamed(List<String> accept) {
        for (String line : accept) {
            for (String range : line.split(",", -1)) {
                if (is(range) && !isRefused(range)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static int precision(String type) {
        if (type.equalsIgnoreCase(EVENT_STREAM)) {
            return 3;
        }
        if (type.equalsIgnoreCase("text/*")) {
            return 2;
        }
        return type.equals("*/*") ? 1 : 0;
    }

    /// What stands before the parameters.
    private static String type(String range) {
        int semicolon = range.indexOf(';');
        return (semicolon < 0 ? range : range.substring(0, semicolon)).strip();
    }

    /// Whether a range has a weight of zero.
    private static boolean isRefused(String range) {
        for (int at = range.indexOf(';'); at >= 0; ) {
            int next = range.indexOf(';', at + 1);
            String parameter = range.substring(at + 1, next < 0 ? range.length() : next);
            int equals = parameter.indexOf('=');
            if (equals >= 0
                    && parameter.substring(0, equals).strip().equalsIgnoreCase("q")
                    && isZero(parameter.substring(equals + 1).strip())) {
                return true;
            }
            at = next;
        }
        return false;
    }

    private static boolean isZero(String weight) {
        return switch (weight) {
            case "0", "0.", "0.0", "0.00", "0.000" -> true;
            default -> false;
        };
    }
}
