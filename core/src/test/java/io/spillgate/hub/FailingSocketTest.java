package io.spillgate.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.spillgate.log.LogLimits;
import io.spillgate.log.Logs;
import io.spillgate.log.Rules;
import io.spillgate.metrics.Metrics;
import io.spillgate.net.LoopMeter;
import io.spillgate.net.Transport;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/// A write that fails for want of memory costs its own stream and no other.
final class FailingSocketTest {
    private static final StreamTimes TIMES =
            new StreamTimes(0, Duration.ofHours(1).toNanos(), 1_000_000_000, 1_000_000);

    private final EmbeddedChannel loop = new EmbeddedChannel();
    private final Metrics metrics = new Metrics(1);
    private final Logs logs = Rules.DEFAULT.logs(new LogLimits(Rules.MUCH, 10), System::nanoTime);
    private final Shard shard =
            new Shard(
                    loop.eventLoop(),
                    new LoopMeter(System::nanoTime),
                    Rules.clock(System::nanoTime),
                    Socket.FAULTS,
                    logs,
                    metrics.cells(0),
                    TIMES,
                    new WatchedTopics(10));

    @Test
    void isClosedAndTheOthersGetTheEvent() {
        Socket before = open();
        Socket failing = open();
        Socket after = open();
        failing.channel().config().setAllocator(new NoMemory());
        logs.offer("t", Rules.event("hello"), 0, Rules::nobody);
        loop.runPendingTasks();
        assertThat(before.text()).contains("data: hello\n");
        assertThat(after.text()).contains("data: hello\n");
        assertThat(failing.isOpen()).isFalse();
    }

    private Socket open() {
        Socket socket = new Socket();
        socket.take(1 << 20);
        shard.open(
                socket.place(Transport.IO_URING),
                SseWire.BARE,
                List.of("t"),
                logs.join(shard.reader(), List.of("t"), null),
                () -> {});
        return socket;
    }

    /// An allocator that has nothing left.
    private static final class NoMemory extends AbstractByteBufAllocator {
        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            throw new OutOfMemoryError("of a test");
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            throw new OutOfMemoryError("of a test");
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }
}
