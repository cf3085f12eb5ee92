package io.spillgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;

import io.spillgate.config.LogConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

@Timeout(30)
class StderrAppenderTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Reader reader = new Reader();
    private final StderrAppender appender = new StderrAppender(reader);
    private final Logger logger = logger(appender);

    @Test
    void writesAllThatWasLoggedBeforeItStops() {
        reader.goOn();
        for (int i = 0; i < 1000; i++) {
            logger.info("line {}", i);
        }
        appender.stop(LONG);
        assertThat(reader.text()).hasLineCount(1000).endsWith(" line 999\n");
    }

    @Test
    void changesTheFormWhileItRuns() {
        reader.goOn();
        logger.info("text");
        appender.format(LogConfig.Format.JSON);
        logger.info("json");
        appender.stop(LONG);
        assertThat(reader.text().lines().toList().getLast())
                .startsWith("{")
                .contains("\"message\":\"json\"");
    }

    @Test
    void neverWaitsForAStoppedReaderAndTellsWhatWasLost() {
        String large = "x".repeat(1 << 20);
        for (int i = 0; i < 10; i++) {
            logger.info(large);
        }
        reader.goOn();
        appender.stop(LONG);
        assertThat(reader.text()).contains("7 log lines lost: the reader of standard error");
        assertThat(reader.text().lines().filter(line -> line.contains(large))).hasSize(3);
    }

    @Test
    void givesUpOnAStoppedReaderWhenItStops() {
        logger.info("never read");
        appender.stop(Duration.ofMillis(1));
        assertThat(appender.isStarted()).isFalse();
        reader.goOn();
    }

    @Test
    void goesOnWhenTheDeviceTakesWritesAgain() {
        reader.goOn();
        reader.isFull = true;
        for (int i = 0; i < 100; i++) {
            logger.info("line {}", i);
        }
        reader.awaitFailures(3);
        reader.isFull = false;
        logger.info("last");
        appender.stop(LONG);
        List<String> lines = reader.text().lines().toList();
        assertThat(lines).hasSize(102);
        assertThat(lines.getFirst())
                .startsWith("{half")
                .contains("standard error could not be written for")
                .endsWith("No space left on device");
        assertThat(lines.get(1)).endsWith(" line 0");
        assertThat(lines.getLast()).endsWith(" last");
    }

    @Test
    void tellsHowManyLinesAFullDeviceCost() {
        reader.goOn();
        reader.isFull = true;
        String large = "x".repeat(1 << 20);
        for (int i = 0; i < 10; i++) {
            logger.info(large);
        }
        reader.awaitFailures(1);
        reader.isFull = false;
        appender.stop(LONG);
        assertThat(reader.text()).contains("7 log lines lost: ", "could not be written for");
    }

    @Test
    void stopsInTimeWhileTheDeviceIsFull() {
        reader.goOn();
        reader.isFull = true;
        logger.info("lost");
        long start = System.nanoTime();
        appender.stop(LONG);
        assertThat(System.nanoTime() - start).isLessThan(LONG.toNanos() / 2);
        assertThat(reader.text().lines()).allMatch("{half"::startsWith);
    }

    private static Logger logger(StderrAppender appender) {
        LoggerContext context = new LoggerContext();
        Logger logger = context.getLogger("test");
        logger.setLevel(Level.INFO);
        appender.setContext(context);
        appender.start();
        logger.addAppender(appender);
        return logger;
    }

    /// A pipe whose reader has stopped until it is told to go on, or a device that is full.
    private static final class Reader extends OutputStream {
        private final CountDownLatch going = new CountDownLatch(1);
        private final ByteArrayOutputStream read = new ByteArrayOutputStream();
        private final Semaphore failures = new Semaphore(0);
        private volatile boolean isFull;
        private boolean wroteAPart;

        void awaitFailures(int count) {
            failures.acquireUninterruptibly(count);
        }

        void goOn() {
            going.countDown();
        }

        synchronized String text() {
            return read.toString(StandardCharsets.UTF_8);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                going.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            if (isFull) {
                fail();
            }
            synchronized (this) {
                read.write(bytes, offset, length);
            }
        }

        /// A full device takes the beginning of the first line.
        private synchronized void fail() throws IOException {
            if (!wroteAPart) {
                read.writeBytes("{half".getBytes(StandardCharsets.UTF_8));
                wroteAPart = true;
            }
            failures.release();
            throw new IOException("No space left on device");
        }
    }
}
