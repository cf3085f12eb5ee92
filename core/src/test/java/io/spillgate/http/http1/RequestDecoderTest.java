package io.spillgate.http.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
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

    @Test
    void keepsAnUnfinishedHeadOnTheHeapAndCountsIt() {
        ByteBuf read = direct(HEAD.substring(0, 20));
        channel.writeInbound(read);
        assertThat(read.refCnt()).isZero();
        assertThat(decoder.heldBytes()).isEqualTo(20);
        receive(HEAD.substring(20));
        assertThat(decoder.heldBytes()).isZero();
        assertThat(channel.inboundMessages()).hasSize(2);
    }

    @Test
    void copiesNothingOfARequestThatComesWhole() {
        ByteBuf read = direct("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
        channel.writeInbound(read);
        assertThat(channel.<HttpObject>readInbound()).isInstanceOf(HttpRequest.class);
        LastHttpContent content = channel.readInbound();
        assertThat(content.content().isDirect()).isTrue();
        assertThat(decoder.heldBytes()).isZero();
        content.release();
        assertThat(read.refCnt()).isZero();
    }

    @Test
    void takesAHeadByteByByte() {
        String head = "GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(8000) + "\r\n\r\n";
        for (int i = 0; i < head.length(); i++) {
            assertThat(decoder.heldBytes()).isBetween(i, Math.max(64, 2 * i));
            ByteBuf read = direct(head.substring(i, i + 1));
            channel.writeInbound(read);
            assertThat(read.refCnt()).isZero();
        }
        assertThat(channel.inboundMessages()).hasSize(2);
        assertThat(decoder.heldBytes()).isZero();
    }

    @Test
    void keepsWhatWaitsBehindARequestOnTheHeapAndShrinks() {
        ByteBuf read = direct(HEAD + HEAD.repeat(100));
        channel.writeInbound(read);
        assertThat(read.refCnt()).isZero();
        for (int left = 100; left > 0; left--) {
            int bytes = left * HEAD.length();
            assertThat(decoder.heldBytes()).isBetween(bytes, Math.max(1024, 4 * bytes));
            decoder.next(channel.pipeline().context(decoder), HeadLimits.of(HttpConfig.DEFAULT));
        }
        assertThat(decoder.heldBytes()).isZero();
        assertThat(channel.inboundMessages()).hasSize(2 * 101);
    }

    @Test
    void countsTrailersThatAreNotComplete() {
        receive("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
        receive("a: b\r\n".repeat(100) + "c");
        assertThat(decoder.heldBytes()).isGreaterThan(100 * 100);
        receive(": d\r\n\r\n");
        assertThat(decoder.heldBytes()).isZero();
    }

    @Test
    void letsEverythingGoAtItsEnd() {
        receive(HEAD.substring(0, 20));
        decoder.end();
        assertThat(decoder.heldBytes()).isZero();
        receive(HEAD);
        assertThat(channel.inboundMessages()).isEmpty();
    }

    private void receive(String bytes) {
        channel.writeInbound(direct(bytes));
    }

    /// As a socket's read makes them.
    private static ByteBuf direct(String bytes) {
        return Unpooled.directBuffer(32 * 1024)
                .writeBytes(bytes.getBytes(StandardCharsets.ISO_8859_1));
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
