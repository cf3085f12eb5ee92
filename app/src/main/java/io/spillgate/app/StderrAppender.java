package io.spillgate.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;

import io.spillgate.config.LogConfig;

import org.jspecify.annotations.Nullable;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/// Writes log lines to standard error on a thread of its own, because a reader that is slow or
/// stopped must not hold an event loop.
///
/// At most [#MAX_WAITING_BYTES] wait. What comes beyond is not written; how many lines that were is
/// written as soon as there is room again.
public final class StderrAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    /// Bytes of lines that may wait for the reader of standard error.
    static final long MAX_WAITING_BYTES = 4L << 20;

    /// Not a line: the writer ends here.
    private static final byte[] END = new byte[0];

    private final OutputStream out;
    private final LinkedBlockingQueue<byte[]> waiting = new LinkedBlockingQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicLong lostLines = new AtomicLong();
    private volatile LogConfig.Format format = LogConfig.DEFAULT.format();
    private @Nullable Thread writer;

    /// Writes to the process's standard error; made by the logging framework.
    public StderrAppender() {
        this(new FileOutputStream(FileDescriptor.err));
    }

    StderrAppender(OutputStream out) {
        this.out = out;
    }

    @Override
    public void start() {
        writer = Thread.ofPlatform().name("spillgate-log").daemon().start(this::write);
        super.start();
    }

    /// Chooses the form of the lines that follow; any thread.
    void format(LogConfig.Format format) {
        this.format = format;
    }

    /// Takes no more lines and waits until those taken are written, at most the given time.
    void stop(Duration patience) {
        Thread thread = writer;
        if (thread == null || !isStarted()) {
            return;
        }
        super.stop();
        waiting.add(END);
        try {
            thread.join(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void stop() {
        stop(Duration.ofSeconds(1));
    }

    @Override
    protected void append(ILoggingEvent event) {
        byte[] line = LogLine.of(event, format).getBytes(StandardCharsets.UTF_8);
        if (waitingBytes.addAndGet(line.length) > MAX_WAITING_BYTES) {
            waitingBytes.addAndGet(-line.length);
            lostLines.incrementAndGet();
            return;
        }
        waiting.add(line);
    }

    private void write() {
        try {
            for (byte[] line = waiting.take(); line.length > 0; line = waiting.take()) {
                out.write(line);
                waitingBytes.addAndGet(-line.length);
                tellLoss();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // Nobody reads standard error any more and there is no other place to say it.
            super.stop();
        }
    }

    private void tellLoss() throws IOException {
        long lost = lostLines.getAndSet(0);
        if (lost > 0) {
            String text = lost + " log lines lost: the reader of standard error is too slow\n";
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }
}
