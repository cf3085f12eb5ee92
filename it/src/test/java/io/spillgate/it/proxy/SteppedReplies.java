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
    private final BlockingQueue<BackendExchange> visits = new LinkedBlockingQueue<>();

    @Override
    public void run(BackendRequest request, BackendReply reply) throws InterruptedException {
        BackendExchange visit = new BackendExchange(request, reply);
        visits.add(visit);
        visit.awaitEnd();
    }

    /// The next request, as soon as it is there.
    public BackendExchange next() {
        try {
            @Nullable BackendExchange visit =
                    visits.poll(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (visit == null) {
                throw new AssertionError("no request came to the backend");
            }
            return visit;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Has [#next] return this one again.
    public void putBack(BackendExchange visit) {
        visits.add(visit);
    }
}
