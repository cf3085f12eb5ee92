package io.spillgate.it.proxy;

import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendReply;
import io.spillgate.it.harness.BackendRequest;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Hands the requests of a backend to the test's own thread, which answers them step by step.
public final class SteppedReplies implements Backend.Script {
    private final BlockingQueue<BackendExchange> exchanges = new LinkedBlockingQueue<>();

    @Override
    public void run(BackendRequest request, BackendReply reply) throws InterruptedException {
        BackendExchange exchange = new BackendExchange(request, reply);
        exchanges.add(exchange);
        exchange.awaitEnd();
    }

    /// The next request, as soon as it is there.
    public BackendExchange next() {
        try {
            @Nullable BackendExchange exchange =
                    exchanges.poll(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (exchange == null) {
                throw new AssertionError("no request came to the backend");
            }
            return exchange;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Has [#next] return this one again.
    public void putBack(BackendExchange exchange) {
        exchanges.add(exchange);
    }
}
