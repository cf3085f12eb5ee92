package io.spillgate.app;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// Uploads an event stream in pieces as it is read, and takes the answer whenever it comes.
///
/// The client of the JDK looks for the answer only behind the upload's end; an endless upload that
/// is refused would never learn why.
final class StreamUpload {
    private static final int PIECE_BYTES = 16 * 1024;
    private static final int MAX_ANSWER_BYTES = 64 * 1024;
    private static final int CONNECT_PATIENCE_MILLIS = 5000;

    private final URI target;
    private final HttpRequest head;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();

    /// What the server says.
    ///
    /// @param status of HTTP
    /// @param body as UTF-8
    record Answer(int status, String body) {}

    StreamUpload(URI target, Optional<String> token) {
        this.target = target;
        String path = target.getRawPath();
        String query = target.getRawQuery();
        head =
                new DefaultHttpRequest(
                        HttpVersion.HTTP_1_1,
                        HttpMethod.POST,
                        query == null ? path : path + "?" + query);
        head.headers()
                .set(HttpHeaderNames.HOST, target.getRawAuthority())
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_EVENT_STREAM)
                .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        token.ifPresent(t -> head.headers().set(HttpHeaderNames.AUTHORIZATION, "Bearer " + t));
    }

    /// Sends until the input ends or the server answers.
    ///
    /// @throws IOException when the input cannot be read or no answer comes
    Answer send(InputStream events) throws IOException, InterruptedException {
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            Channel channel = connect(loop);
            Thread.ofPlatform().daemon().name("upload").start(() -> write(channel, events));
            return answer.get();
        } catch (ExecutionException e) {
            throw new IOException(Text.reason(e.getCause() == null ? e : e.getCause()), e);
        } finally {
            Future<?> _ = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }

    private Channel connect(EventLoopGroup loop) throws IOException, InterruptedException {
        boolean secure = "https".equals(target.getScheme());
        int port = target.getPort() >= 0 ? target.getPort() : secure ? 443 : 80;
        ChannelFuture connected =
                new Bootstrap()
                        .group(loop)
                        .channel(NioSocketChannel.class)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_PATIENCE_MILLIS)
                        // A failed write must not throw away the answer that says why.
                        .option(ChannelOption.AUTO_CLOSE, false)
                        .handler(pipeline(secure, target.getHost(), port))
                        .connect(target.getHost(), port)
                        .await();
        if (!connected.isSuccess()) {
            throw failure(connected.cause());
        }
        return connected.channel();
    }

    private ChannelInitializer<SocketChannel> pipeline(boolean secure, String host, int port) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(SocketChannel channel) throws IOException {
                if (secure) {
                    channel.pipeline()
                            .addLast(
                                    SslContextBuilder.forClient()
                                            .build()
                                            .newHandler(channel.alloc(), host, port));
                }
                channel.pipeline()
                        .addLast(new HttpClientCodec())
                        .addLast(new HttpObjectAggregator(MAX_ANSWER_BYTES))
                        .addLast(new AnswerHandler(answer));
            }
        };
    }

    private void write(Channel channel, InputStream events) {
        byte[] piece = new byte[PIECE_BYTES];
        try {
            boolean open = written(channel, head);
            int length = events.read(piece);
            while (open && length >= 0) {
                open =
                        written(
                                channel,
                                new DefaultHttpContent(Unpooled.copiedBuffer(piece, 0, length)));
                length = open ? events.read(piece) : -1;
            }
            if (open) {
                written(channel, LastHttpContent.EMPTY_LAST_CONTENT);
            }
        } catch (IOException e) {
            answer.completeExceptionally(
                    new IOException("cannot read standard input: " + Text.reason(e), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean written(Channel channel, HttpObject part) throws InterruptedException {
        return channel.writeAndFlush(part).await().isSuccess();
    }

    private static IOException failure(@Nullable Throwable cause) {
        return new IOException(cause == null ? "cannot connect" : Text.reason(cause), cause);
    }

    /// Hands over the answer, or why there is none.
    private static final class AnswerHandler extends SimpleChannelInboundHandler<FullHttpResponse> {
        private final CompletableFuture<Answer> answer;

        AnswerHandler(CompletableFuture<Answer> answer) {
            this.answer = answer;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
            String body = response.content().toString(StandardCharsets.UTF_8);
            answer.complete(new Answer(response.status().code(), body));
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            answer.completeExceptionally(
                    new IOException("the connection was closed before the answer"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            answer.completeExceptionally(cause);
        }
    }
}
