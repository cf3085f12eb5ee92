package io.spillgate.bench.overload;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Asks for health every 50 ms on a connection of its own; latency counts from the scheduled time,
/// so that a probe which has to wait for the one before shows it.
final class HealthProbe implements AutoCloseable {
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final byte[] REQUEST =
            "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(ISO_8859_1);

    private final InetSocketAddress target;
    private final CompletableFuture<Void> probing;
    private Histogram histogram = new Histogram(HIGHEST_NANOS, 3);
    private long dueNanos;
    private long failures;
    private volatile boolean closed;

    /// The probes of one reading.
    ///
    /// @param p99Millis of their latencies
    /// @param maxMillis the longest, or the age of one without an answer
    /// @param failures those without a 200
    record Probes(double p99Millis, double maxMillis, long failures) {}

    HealthProbe(InetSocketAddress target) {
        this.target = target;
        probing = Background.start("health", this::probe);
    }

    /// Forgets what was.
    synchronized void begin() {
        histogram = new Histogram(HIGHEST_NANOS, 3);
        failures = 0;
    }

    /// What was since the beginning; a probe that is late counts with its age.
    synchronized Probes end() {
        long age = System.nanoTime() - dueNanos;
        if (dueNanos > 0 && age > EVERY_NANOS) {
            histogram.recordValue(Math.min(age, HIGHEST_NANOS));
        }
        return new Probes(
                histogram.getValueAtPercentile(99) / 1e6, histogram.getMaxValue() / 1e6, failures);
    }

    @Override
    public void close() {
        closed = true;
        probing.join();
    }

    private void probe() {
        while (!closed) {
            try (Socket socket = new Socket()) {
                socket.setTcpNoDelay(true);
                socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(20));
                socket.connect(target);
                probe(socket);
            } catch (IOException e) {
                failed();
            }
        }
    }

    private void probe(Socket socket) throws IOException {
        long due = System.nanoTime();
        while (!closed) {
            LockSupport.parkNanos(due - System.nanoTime());
            if (System.nanoTime() < due) {
                continue;
            }
            waiting(due);
            socket.getOutputStream().write(REQUEST);
            answered(isOk(socket.getInputStream()), due);
            due += EVERY_NANOS;
        }
    }

    private synchronized void waiting(long due) {
        dueNanos = due;
    }

    private synchronized void answered(boolean ok, long due) {
        histogram.recordValue(Math.min(System.nanoTime() - due, HIGHEST_NANOS));
        dueNanos = 0;
        failures += ok ? 0 : 1;
    }

    private synchronized void failed() {
        dueNanos = 0;
        failures++;
    }

    private static boolean isOk(InputStream in) throws IOException {
        AnswerReader reader = new AnswerReader();
        byte[] bytes = new byte[4096];
        int count;
        do {
            count = in.read(bytes);
            if (count < 0) {
                throw new IOException("closed");
            }
        } while (!reader.read(ByteBuffer.wrap(bytes, 0, count)));
        return reader.status() == 200;
    }
}
