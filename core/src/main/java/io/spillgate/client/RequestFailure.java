package io.spillgate.client;

import io.spillgate.client.pool.Failure;
import io.spillgate.client.pool.PoolFailure;

import java.io.IOException;

/// A request that has no answer, or not a whole one.
public final class RequestFailure extends IOException {
    private static final long serialVersionUID = 1L;

    private final PoolFailure reason;
    private final String sentence;

    RequestFailure(Failure failure) {
        super(failure.message() + " (" + failure.cause() + ")");
        reason = failure.cause();
        sentence = failure.message();
    }

    /// Why, as the pool counts and tells it.
    public Failure failure() {
        return new Failure(reason, sentence);
    }
}
