package io.spillgate.it.pool;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;

import io.spillgate.it.harness.Await;

import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/// What is logged while this is open.
public final class LogLines implements AutoCloseable {
    private final Logger logger;
    private final @Nullable Level before;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Recorder recorder = new Recorder();

    /// @param level the least important one that is recorded
    LogLines(Level level) {
        this("io.spillgate", level);
    }

    /// The same, for a logger and those below it.
    public LogLines(String name, Level level) {
        logger = (Logger) LoggerFactory.getLogger(name);
        before = logger.getLevel();
        recorder.setContext(logger.getLoggerContext());
        recorder.start();
        logger.setLevel(level);
        logger.setAdditive(false);
        logger.addAppender(recorder);
    }

    public List<String> all() {
        return List.copyOf(lines);
    }

    /// Waits for a line with all these parts.
    public void await(String... parts) {
        Await.until(
                "the log has " + List.of(parts),
                () ->
                        lines.stream()
                                .anyMatch(
                                        line -> List.of(parts).stream().allMatch(line::contains)));
    }

    /// The same, whatever the case of the letters.
    void awaitIgnoringCase(String... parts) {
        List<String> wanted = List.of(parts);
        Await.until(
                "the log has " + wanted,
                () ->
                        lines.stream()
                                .map(line -> line.toLowerCase(Locale.ROOT))
                                .anyMatch(line -> wanted.stream().allMatch(line::contains)));
    }

    @Override
    public void close() {
        logger.detachAppender(recorder);
        logger.setLevel(before);
        logger.setAdditive(true);
    }

    private final class Recorder extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            IThrowableProxy thrown = event.getThrowableProxy();
            String stack = thrown == null ? "" : "\n" + ThrowableProxyUtil.asString(thrown);
            lines.add(event.getLevel() + " " + event.getFormattedMessage() + stack);
        }
    }
}
