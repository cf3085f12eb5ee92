package io.spillgate.it.pool;

import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendReply;
import io.spillgate.it.harness.BackendRequest;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/// A backend that answers nothing until the gate is opened, but for requests to `/api/free`.
final class HeldReplies implements Backend.Script, AutoCloseable {
    private final CountDownLatch open = new CountDownLatch(1);
    private final Backend backend = Backend.start(this);

    Backend backend() {
        return backend;
    }

    /// Lets every request pass from now on.
    void open() {
        open.countDown();
    }

    @Override
    public void run(BackendRequest request, BackendReply reply)
            throws IOException, InterruptedException {
        if (!request.target().endsWith("/free")) {
            open.await();
        }
        reply.ok(request.target());
    }

    @Override
    public void close() {
        open();
        backend.close();
    }
}
