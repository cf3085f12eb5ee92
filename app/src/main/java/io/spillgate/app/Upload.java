package io.spillgate.app;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.client.pool.Call;
import io.spillgate.client.pool.Failure;
import io.spillgate.client.pool.Pool;
import io.spillgate.client.pool.PoolRequest;
import io.spillgate.client.pool.Receiver;
import io.spillgate.net.BoundedBytes;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/// A request whose body is sent in pieces as it is read, and whose answer is taken whenever it
/// comes.
///
/// The next piece is read, on a thread of its own, when the last one has gone and the connection
/// takes more. All the rest is confined to the loop.
final class Upload implements Receiver {
    private static final int PIECE_BYTES = 16 * 1024;
    private static final int MAX_ANSWER_BYTES = 64 * 1024;

    private final EventLoop loop;
    private final InputStream in;
    private final Executor reader;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final BoundedBytes text = new BoundedBytes(MAX_ANSWER_BYTES);
    private @Nullable Call call;
    private boolean writable;
    private boolean reading;
    private int status;
    private Duration retryAfter = Duration.ZERO;

    /// What the server says.
    ///
    /// @param status of HTTP
    /// @param retryAfter what it asks to wait for; zero when it asks for nothing
    /// @param body as UTF-8
    record Answer(int status, Duration retryAfter, String body) {}

    /// @param reader reads the input, which may block for ever
    Upload(EventLoop loop, InputStream in, Executor reader) {
        this.loop = loop;
        this.in = in;
        this.reader = reader;
    }

    /// Sends until the input ends or the server answers. Any thread.
    ///
    /// @return fails with an [IOException] when the input cannot be read or no answer comes
    CompletableFuture<Answer> send(Pool pool, PoolRequest request) {
        loop.execute(() -> call = pool.send(loop, request, this));
        return answer;
    }

    @Override
    public void writable(boolean more) {
        writable = more;
        readOn();
    }

    @Override
    public void interim(int interimStatus, HttpHeaders headers) {
        // Says nothing of the publication.
    }

    @Override
    public void head(int answerStatus, String reason, HttpHeaders headers) {
        status = answerStatus;
        String seconds = headers.get(HttpHeaderNames.RETRY_AFTER);
        if (seconds != null && seconds.matches("[0-9]{1,5}")) {
            retryAfter = Duration.ofSeconds(Long.parseLong(seconds));
        }
    }

    @Override
    public void content(ByteBuf piece) {
        if (!text.add(piece)) {
            fail("the answer has more than " + MAX_ANSWER_BYTES + " bytes");
        }
    }

    @Override
    public void end(HttpHeaders trailers, boolean requestSent) {
        String body = new String(text.array(), 0, text.length(), StandardCharsets.UTF_8);
        answer.complete(new Answer(status, retryAfter, body));
    }

    @Override
    public void failed(Failure failure) {
        fail(Text.reason(failure));
    }

    private void readOn() {
        assert loop.inEventLoop();
        if (writable && !reading) {
            reading = true;
            reader.execute(this::read);
        }
    }

    /// On the reader's thread.
    private void read() {
        byte[] piece = new byte[PIECE_BYTES];
        try {
            int length = in.read(piece);
            loop.execute(() -> pass(piece, length));
        } catch (IOException e) {
            fail("cannot read standard input: " + Text.reason(e));
        } catch (RejectedExecutionException _) {
            // The answer came, and nobody waits for the rest.
        }
    }

    private void pass(byte[] piece, int length) {
        assert loop.inEventLoop();
        if (call != null && length < 0) {
            call.end(EmptyHttpHeaders.INSTANCE);
        } else if (call != null) {
            reading = false;
            call.write(Unpooled.wrappedBuffer(piece, 0, length));
            readOn();
        }
    }

    private void fail(String reason) {
        answer.completeExceptionally(new IOException(reason));
    }
}
