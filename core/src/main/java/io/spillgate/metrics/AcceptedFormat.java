package io.spillgate.metrics;

import org.jspecify.annotations.Nullable;

import java.util.Locale;

/// The exposition formats, and the choice between them.
enum AcceptedFormat {
    PLAIN_TEXT,
    OPEN_METRICS;

    /// Reads an Accept header (RFC 9110, section 12.5.1): OpenMetrics is taken only when it is
    /// named with a quality above 0 and not below that of `text/plain`. Ranges with a `*` mean
    /// plain text, and so does anything that cannot be read: a scrape is never refused.
    static AcceptedFormat of(@Nullable String accept) {
        if (accept == null) {
            return PLAIN_TEXT;
        }
        double openMetrics = 0;
        double plainText = 0;
        for (String range : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = range.split(";", -1);
            switch (parts[0].strip()) {
                case "application/openmetrics-text" ->
                        openMetrics = Math.max(openMetrics, quality(parts));
                case "text/plain" -> plainText = Math.max(plainText, quality(parts));
                default -> {}
            }
        }
        return openMetrics > 0 && openMetrics >= plainText ? OPEN_METRICS : PLAIN_TEXT;
    }

    private static double quality(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            if (parameter.matches("q=[01](\\.[0-9]{0,3})?")) {
                return Double.parseDouble(parameter.substring(2));
            }
        }
        return 1;
    }
}
