package io.spillgate.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/// Entries are found without the lock while others come and go.
final class RingTest {
    private static final int RACES = 1000;
    private static final int ENTRIES = 300;

    private final Object lock = new Object();

    @Test
    void findsWhatIsThereAndNothingElse() {
        Ring ring = new Ring(lock);
        synchronized (lock) {
            for (int i = 0; i < 10; i++) {
                ring.add(entry(i));
            }
            ring.removeFirst();
        }
        assertThat(ring.peek(0)).isNull();
        assertThat(index(ring.peek(1))).isEqualTo(1);
        assertThat(index(ring.peek(9))).isEqualTo(9);
        assertThat(ring.peek(10)).isNull();
        assertThat(ring.peek(17)).isNull();
    }

    /// The writer drops what the reader has read, and the array grows and shrinks meanwhile.
    @Test
    void aReaderFindsEveryEntryThatItHasHeardOf() {
        for (int race = 0; race < RACES; race++) {
            Ring ring = new Ring(lock);
            AtomicLong head = new AtomicLong();
            AtomicLong read = new AtomicLong();
            int lag = 1 + race % 100;
            CompletableFuture<Void> writer =
                    CompletableFuture.runAsync(() -> write(ring, head, read, lag));
            for (long index = 0; index < ENTRIES; index++) {
                while (head.get() <= index) {
                    Thread.onSpinWait();
                }
                assertThat(index(ring.peek(index))).as("race %d", race).isEqualTo(index);
                read.set(index + 1);
            }
            writer.join();
        }
    }

    private void write(Ring ring, AtomicLong head, AtomicLong read, int lag) {
        for (long index = 0; index < ENTRIES; index++) {
            while (index - read.get() >= lag) {
                Thread.onSpinWait();
            }
            synchronized (lock) {
                ring.add(entry(index));
                while (ring.base() < read.get()) {
                    ring.removeFirst();
                }
                ring.shrink();
            }
            head.set(index + 1);
        }
    }

    private static long index(@Nullable LogEntry entry) {
        return entry == null ? -1 : entry.index();
    }

    private static LogEntry entry(long index) {
        return new LogEntry(Rules.event("x"), "t", index, index, 0, 0, "id");
    }
}
