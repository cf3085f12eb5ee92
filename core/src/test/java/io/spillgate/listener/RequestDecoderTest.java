package io.spillgate.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.spillgate.config.HttpConfig;
import io.spillgate.net.LoopMeter;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;

final class RequestDecoderTest {
    private static final String HEAD = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private final Reads reads = new Reads();
    private final RequestDecoder decoder =
            new RequestDecoder(HeadLimits.of(HttpConfig.DEFAULT), new LoopMeter(System::nanoTime));
    private final EmbeddedChannel channel = new EmbeddedChannel(reads, decoder);

    @Test
    void asksForNothingWhileTheSocketIsPaused() {
        receive(HEAD);
        channel.config().setAutoRead(false);
        reads.count = 0;
        for (int i = 0; i < 10; i++) {
            receive("x");
        }
        assertThat(reads.count).isZero();
    }

    @Test
    void stopsReadingWhenTooMuchWaitsAndGoesOnWithTheNextRequest() {
        receive(HEAD);
        receive(HEAD.repeat(2500));
        assertThat(channel.config().isAutoRead()).isFalse();
        decoder.next(channel.pipeline().context(decoder), HeadLimits.of(HttpConfig.DEFAULT));
        assertThat(channel.inboundMessages()).hasSize(4);
    }

    @Test
    void closesWhenTooMuchComesUnasked() {
        receive(HEAD);
        channel.config().setAutoRead(false);
        receive("x".repeat(64 * 1024));
        assertThat(channel.isOpen()).isTrue();
        receive("x");
        assertThat(channel.isOpen()).isFalse();
    }

    private void receive(String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
    }

    /// Counts what is asked of the socket.
    private static final class Reads extends ChannelOutboundHandlerAdapter {
        private int count;

        @Override
        public void read(ChannelHandlerContext ctx) {
            count++;
            ctx.read();
        }
    }
}
