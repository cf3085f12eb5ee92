package io.spillgate.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;

import io.spillgate.config.LogConfig;

import org.slf4j.LoggerFactory;

import java.time.Duration;

/// Sets the process's log as the configuration wants it; leaves a log alone that the operator
/// replaced with `-Dlogback.configurationFile`.
final class Logging {
    /// The appender that writes to standard error.
    static final String APPENDER = "stderr";

    /// The logger of `log.access`.
    static final String ACCESS_LOGGER = "spillgate.access";

    private Logging() {}

    /// Takes effect for the next line; any thread.
    static void apply(LogConfig config) {
        if (!(root().getAppender(APPENDER) instanceof StderrAppender appender)) {
            return;
        }
        appender.format(config.format());
        root().setLevel(level(config.level()));
        context().getLogger(ACCESS_LOGGER).setLevel(config.access() ? Level.INFO : Level.OFF);
    }

    /// Leaves out what the client warns of, for a command that tells it in its own words.
    static void quietClient() {
        context().getLogger("io.spillgate.client").setLevel(Level.ERROR);
    }

    /// Writes what waits, for at most the given time; nothing is logged afterwards.
    static void close(Duration patience) {
        if (root().getAppender(APPENDER) instanceof StderrAppender appender) {
            appender.stop(patience);
        }
    }

    private static Level level(LogConfig.Level level) {
        return switch (level) {
            case ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case INFO -> Level.INFO;
            case DEBUG -> Level.DEBUG;
        };
    }

    private static Logger root() {
        return context().getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }
}
