package io.spillgate.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;

import io.spillgate.config.LogConfig;

import org.slf4j.event.KeyValuePair;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// One log event as exactly one line, so that nothing a client sends can forge a second one.
final class LogLine {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    /// The fields of every line.
    private static final Set<String> OWN =
            Set.of("time", "level", "logger", "thread", "message", "error");

    private LogLine() {}

    /// The line, with the line end.
    static String of(ILoggingEvent event, LogConfig.Format format) {
        return switch (format) {
            case TEXT -> text(event);
            case JSON -> json(event);
        };
    }

    private static String text(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160);
        line.append(TIME.format(event.getInstant()));
        line.append(String.format(Locale.ROOT, " %-5s ", event.getLevel()));
        line.append(shortName(event.getLoggerName())).append(": ");
        line.append(Json.visible(event.getFormattedMessage()));
        for (KeyValuePair pair : pairs(event)) {
            line.append(' ').append(Json.visible(pair.key)).append('=');
            line.append(Json.visible(String.valueOf(pair.value)));
        }
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            line.append(" | ").append(Json.visible(stack(thrown, " | ")));
        }
        return line.append('\n').toString();
    }

    private static String json(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(256);
        line.append("{\"time\":").append(Json.quote(TIME.format(event.getInstant())));
        field(line, "level", event.getLevel().toString());
        field(line, "logger", event.getLoggerName());
        field(line, "thread", event.getThreadName());
        field(line, "message", event.getFormattedMessage());
        LogFields.of(event)
                .forEach((name, value) -> {
                    if (!OWN.contains(name)) {
                        field(line, name, value);
                    }
                });
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            field(line, "error", stack(thrown, "\n"));
        }
        return line.append("}\n").toString();
    }

    private static void field(StringBuilder line, String key, Object value) {
        line.append(',').append(Json.quote(key)).append(':');
        line.append(value instanceof String text ? Json.quote(text) : value);
    }

    private static List<KeyValuePair> pairs(ILoggingEvent event) {
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        return pairs == null ? List.of() : pairs;
    }

    private static String stack(IThrowableProxy thrown, String separator) {
        return ThrowableProxyUtil.asString(thrown).strip().replaceAll("\\s*\\R\\s*", separator);
    }

    private static String shortName(String logger) {
        return logger.substring(logger.lastIndexOf('.') + 1);
    }
}
