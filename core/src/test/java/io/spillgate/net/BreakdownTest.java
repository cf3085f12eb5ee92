package io.spillgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.TimeUnit;

/// Loops that end although nobody closes them, each for another reason.
@Timeout(30)
class BreakdownTest {
    private final Loops loops = new Loops(Transport.NIO, 2);

    @Test
    void anErrorOutOfTheHandlerOfSockets() throws Exception {
        EventLoop loop = loops.all().getLast();
        OutOfMemoryError error = new OutOfMemoryError("no room for the ready sockets");
        Pipe pipe = Pipe.open();
        pipe.source().configureBlocking(false);
        IoRegistration registration =
                ((IoEventLoop) loop).register(new Failing(pipe.source(), error)).sync().getNow();
        loop.submit(() -> registration.submit(NioIoOps.READ)).sync();
        pipe.sink().write(ByteBuffer.allocate(1));

        Breakdown why = loops.broken().get(10, TimeUnit.SECONDS);
        assertThat(why.what()).isEqualTo("loop_ended loop=spillgate-io-1");
        assertThat(why.cause()).isSameAs(error);
    }

    /// What a task throws is logged by Netty, and the loop goes on; unless logging throws as well.
    @Test
    void anErrorOutOfATask() throws Exception {
        EventLoop loop = loops.all().getFirst();
        Unspeakable error = new Unspeakable();
        loop.execute(() -> {
            throw error;
        });
        assertThat(loops.broken().get(10, TimeUnit.SECONDS).cause()).isSameAs(error.whenAsked);
    }

    @Test
    void aThreadThatJustReturns() throws Exception {
        loops.all().getFirst().shutdownGracefully(0, 0, TimeUnit.SECONDS);
        Breakdown why = loops.broken().get(10, TimeUnit.SECONDS);
        assertThat(why.what()).startsWith("loop_ended loop=spillgate-io-");
        assertThat(why.cause()).isNull();
    }

    @Test
    void notWhenTheyAreClosed() {
        loops.all().forEach(loop -> loop.submit(() -> {}).syncUninterruptibly());
        loops.close();
        loops.all().forEach(loop -> loop.terminationFuture().awaitUninterruptibly());
        assertThat(loops.broken()).isNotDone();
    }

    @Test
    void aTaskForALoopThatHasEndedIsForgotten() {
        EventLoop loop = loops.all().getFirst();
        assertThat(Loops.execute(loop, () -> {})).isTrue();
        loops.close();
        loop.terminationFuture().awaitUninterruptibly();
        assertThat(Loops.execute(loop, () -> {})).isFalse();
    }

    /// Something to be read that fails when it is.
    private record Failing(SelectableChannel selectableChannel, Error error)
            implements NioIoHandle {
        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            throw error;
        }

        @Override
        public void close() throws IOException {
            selectableChannel.close();
        }
    }

    /// An error of which nothing can be said.
    private static final class Unspeakable extends Error {
        private static final long serialVersionUID = 1;
        private final transient Error whenAsked = new Error("no memory to say why");

        @Override
        public String getMessage() {
            throw whenAsked;
        }
    }
}
