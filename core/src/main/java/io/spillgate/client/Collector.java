package io.spillgate.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.client.pool.Call;
import io.spillgate.client.pool.Failure;
import io.spillgate.client.pool.Pool;
import io.spillgate.client.pool.PoolFailure;
import io.spillgate.client.pool.PoolRequest;
import io.spillgate.client.pool.Receiver;
import io.spillgate.net.BoundedBytes;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;

/// Collects an answer into a [Response]. Confined to its loop.
final class Collector implements Receiver {
    private final CompletableFuture<Response> answer = new CompletableFuture<>();
    private final EventLoop loop;
    private final int maxBytes;
    private final BoundedBytes body;
    private @Nullable Call call;
    private boolean over;
    private int status;
    private HttpHeaders headers = EmptyHttpHeaders.INSTANCE;

    Collector(EventLoop loop, int maxBytes) {
        this.loop = loop;
        this.maxBytes = maxBytes;
        body = new BoundedBytes(maxBytes);
    }

    /// Where the answer will be. Completed by somebody else, it takes the request back.
    CompletableFuture<Response> answer() {
        return answer;
    }

    /// Sends the request, unless it was taken back already.
    void start(Pool pool, PoolRequest request) {
        assert loop.inEventLoop();
        if (answer.isDone()) {
            over = true;
            return;
        }
        call = pool.send(loop, request, this);
        answer.whenComplete((response, thrown) -> HttpClient.onLoop(loop, this::withdraw));
    }

    @Override
    public void writable(boolean writable) {
        throw new IllegalStateException("only a streamed body is told");
    }

    @Override
    public void interim(int interimStatus, HttpHeaders interimHeaders) {
        // Nobody who waits for a whole answer has a use for it.
    }

    @Override
    public void head(int answerStatus, String reason, HttpHeaders answerHeaders) {
        status = answerStatus;
        headers = answerHeaders;
    }

    @Override
    public void content(ByteBuf piece) {
        assert loop.inEventLoop();
        if (!body.add(piece)) {
            fail(
                    PoolFailure.TOO_LARGE,
                    "the answer " + status + " has more than " + maxBytes + " bytes");
        }
    }

    @Override
    public void end(HttpHeaders trailers, boolean requestSent) {
        over = true;
        answer.complete(new Response(status, headers, body.exactArray()));
    }

    @Override
    public void failed(Failure failure) {
        over = true;
        answer.completeExceptionally(new RequestFailure(failure));
    }

    /// Fails although the call goes on; its end makes [#withdraw] run.
    private void fail(PoolFailure cause, String message) {
        answer.completeExceptionally(new RequestFailure(new Failure(cause, message)));
    }

    private void withdraw() {
        if (!over && call != null) {
            over = true;
            call.cancel();
        }
    }
}
