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
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Writes log lines to standard error on a thread of its own, because a reader that is slow or
/// stopped must not hold an event loop.
///
/// At most [#MAX_WAITING_BYTES] wait. What comes beyond is not written; how many lines that were is
/// written as soon as there is room again. A write that fails, because the disk is full say, is
/// repeated until it works; what was missed meanwhile is written then.
public final class StderrAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    /// Bytes of lines that may wait for the reader of standard error.
    static final long MAX_WAITING_BYTES = 4L << 20;

    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 1000;

    /// Not a line: the writer ends here.
    private static final byte[] END = new byte[0];

    private final OutputStream out;
    private final LinkedBlockingQueue<byte[]> waiting = new LinkedBlockingQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicLong lostLines = new AtomicLong();
    private volatile LogConfig.Format format = LogConfig.DEFAULT.format();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private @Nullable Thread writer;

    // Of the writer.
    private @Nullable IOException failure;
    private long failingSinceNanos;

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
        stopping.countDown();
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
                if (!deliver(line)) {
                    lostLines.incrementAndGet();
                }
                waitingBytes.addAndGet(-line.length);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Writes a line as soon as that works, with pauses between the attempts.
    ///
    /// @return false when it did not work and there is no more time, because this stops
    private boolean deliver(byte[] line) throws InterruptedException {
        long pauseMillis = FIRST_PAUSE_MILLIS;
        while (!tryWrite(line)) {
            if (stopping.await(pauseMillis, TimeUnit.MILLISECONDS)) {
                return tryWrite(line);
            }
            pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
        }
        return true;
    }

    /// After a failure the first thing is a line that tells it; it also ends a line of which only a
    /// part was written.
    private boolean tryWrite(byte[] line) {
        try {
            if (failure != null) {
                out.write(failureText(failure).getBytes(StandardCharsets.UTF_8));
                failure = null;
            }
            out.write(line);
            tellLoss();
            return true;
        } catch (IOException e) {
            if (failure == null) {
                failingSinceNanos = System.nanoTime();
            }
            failure = e;
            return false;
        }
    }

    private String failureText(IOException cause) {
        return String.format(
                Locale.ROOT,
                "standard error could not be written for %.1f s: %s\n",
                (System.nanoTime() - failingSinceNanos) / 1e9,
                Json.visible(String.valueOf(cause.getMessage())));
    }

    private void tellLoss() throws IOException {
        long lost = lostLines.get();
        if (lost > 0) {
            String text =
                    lost
                            + " log lines lost: the reader of standard error is too slow, or it"
                            + " could not be written\n";
            out.write(text.getBytes(StandardCharsets.UTF_8));
            lostLines.addAndGet(-lost);
        }
    }
}
