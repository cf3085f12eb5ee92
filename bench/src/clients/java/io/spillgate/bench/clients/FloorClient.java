package io.spillgate.bench.clients;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.spillgate.config.IoMode;
import io.spillgate.net.Loops;
import io.spillgate.net.Transport;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;

/// The floor: one Netty loop that sends a request made beforehand and counts bytes until there are
/// as many as in the first answer. No pool, no parser, no headers.
final class FloorClient implements BenchClient {
    private final Loops loops = new Loops(Transport.of(IoMode.EPOLL), 1);
    private final EventLoop loop = loops.all().getFirst();
    private final ByteBuf request;
    private final ArrayDeque<Connection> idle = new ArrayDeque<>();
    private final ArrayDeque<Answer> waiting = new ArrayDeque<>();
    private int answerBytes;

    FloorClient(Setup setup) throws InterruptedException {
        String text = "GET / HTTP/1.1\r\nhost: " + setup.authority() + "\r\n\r\n";
        request =
                Unpooled.unreleasableBuffer(
                        Unpooled.directBuffer().writeBytes(text.getBytes(US_ASCII)));
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(loops.group())
                        .channelFactory(loops.transport().sockets())
                        .option(ChannelOption.TCP_NODELAY, true)
                        .handler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline().addLast(new Connection());
                                    }
                                });
        for (int i = 0; i < setup.connections(); i++) {
            bootstrap.connect(setup.host(), setup.port()).sync();
        }
    }

    @Override
    public void get(Answer answer) {
        if (!loop.inEventLoop()) {
            loop.execute(() -> get(answer));
            return;
        }
        Connection connection = idle.poll();
        if (connection == null) {
            waiting.add(answer);
        } else {
            connection.ask(answer);
        }
    }

    @Override
    public void close() {
        loops.close();
    }

    private final class Connection extends ChannelInboundHandlerAdapter {
        private @Nullable ChannelHandlerContext context;
        private @Nullable Answer answer;
        private int received;

        @Override
        public void channelActive(ChannelHandlerContext active) {
            context = active;
            idle.add(this);
        }

        void ask(Answer next) {
            answer = next;
            received = 0;
            if (context != null) {
                context.writeAndFlush(request.duplicate(), context.voidPromise());
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext reading, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            received += bytes.readableBytes();
            bytes.release();
            if (answerBytes == 0) {
                answerBytes = received; // a small answer comes whole
            }
            if (received < answerBytes || answer == null) {
                return;
            }
            Answer complete = answer;
            Answer next = waiting.poll();
            if (next == null) {
                idle.add(this);
            } else {
                ask(next);
            }
            complete.end(200, answerBytes);
        }

        @Override
        public void channelInactive(ChannelHandlerContext closed) {
            if (answer != null) {
                answer.failed(new IllegalStateException("closed by the backend"));
            }
        }
    }
}
