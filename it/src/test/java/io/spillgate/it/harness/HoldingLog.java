package io.spillgate.it.harness;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;

import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

import java.util.concurrent.CountDownLatch;

/// An access log that does not take the line of one request, and so holds the event loop that
/// answers it, until it is told to let go. The gateway needs `log.access = true`.
public final class HoldingLog extends UnsynchronizedAppenderBase<ILoggingEvent>
        implements AutoCloseable {
    private static final String PATH = "/health?hold";

    private final Logger access = (Logger) LoggerFactory.getLogger("spillgate.access");
    private final @Nullable Level levelBefore = access.getLevel();
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    public HoldingLog() {
        setContext(access.getLoggerContext());
        start();
        access.setLevel(Level.INFO);
        access.setAdditive(false);
        access.addAppender(this);
    }

    /// Returns when the loop of this connection is held.
    public void hold(Wire wire) throws InterruptedException {
        wire.sendLines("GET " + PATH + " HTTP/1.1\nHost: test\n\n");
        entered.await();
    }

    /// Lets the loop go on.
    public void release() {
        release.countDown();
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (!event.getFormattedMessage().contains(PATH)) {
            return;
        }
        entered.countDown();
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        release();
        access.detachAppender(this);
        access.setAdditive(true);
        access.setLevel(levelBefore);
    }
}
