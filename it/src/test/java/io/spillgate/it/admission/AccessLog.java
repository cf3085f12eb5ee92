package io.spillgate.it.admission;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;

import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Takes the lines of the access log on the event loops that write them, and keeps a loop busy for
/// every request that says so in its path: `?burn=2000` is 2 ms.
///
/// It needs `log.access = true`. One at a time.
final class AccessLog extends UnsynchronizedAppenderBase<ILoggingEvent> implements AutoCloseable {
    private static final Pattern BURN = Pattern.compile("burn=(\\d+)");
    private static final Pattern MARK = Pattern.compile("mark=(\\w+)");

    private final Logger access = (Logger) LoggerFactory.getLogger("spillgate.access");
    private final @Nullable Level levelBefore = access.getLevel();
    private final Map<String, String> loops = new ConcurrentHashMap<>();

    private AccessLog() {}

    static AccessLog open() {
        AccessLog log = new AccessLog();
        log.setContext(log.access.getLoggerContext());
        log.start();
        log.access.setLevel(Level.INFO);
        log.access.setAdditive(false);
        log.access.addAppender(log);
        return log;
    }

    /// The event loop that served a request with `mark=…` in its path; null as long as none has.
    @Nullable String loopOf(String mark) {
        return loops.get(mark);
    }

    @Override
    protected void append(ILoggingEvent event) {
        String line = event.getFormattedMessage();
        Matcher mark = MARK.matcher(line);
        if (mark.find()) {
            loops.put(mark.group(1), event.getThreadName());
        }
        Matcher burn = BURN.matcher(line);
        if (burn.find()) {
            burn(TimeUnit.MICROSECONDS.toNanos(Long.parseLong(burn.group(1))));
        }
    }

    @Override
    public void close() {
        access.detachAppender(this);
        access.setAdditive(true);
        access.setLevel(levelBefore);
        stop();
    }

    private static void burn(long nanos) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            Thread.onSpinWait();
        }
    }
}
