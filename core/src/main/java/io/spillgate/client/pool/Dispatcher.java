package io.spillgate.client.pool;

/// Gives calls their connections, and hears what becomes of them: a pool, as its calls and
/// connections know it. Any thread, without the pool's lock.
abstract class Dispatcher {
    /// The pool's name.
    abstract String name();

    abstract PoolSettings settings();

    /// Whether the calling thread has the pool's lock, under which nothing may be told to a loop.
    abstract boolean isLocked();

    /// A call is taken back.
    abstract void cancel(Call call);

    /// A call is over, or is not begun; its connection may have another one.
    abstract void released(Attempt attempt);

    /// An answer has begun whose address had failed before, or that counts as a failure.
    ///
    /// @param well whether it does not
    abstract void answered(Attempt attempt, boolean well);

    /// An answer is an event stream or a tunnel, which leaves the limits of requests for its own.
    ///
    /// @return false when there are as many as may be
    abstract boolean becomesStream(Attempt attempt);

    /// A call failed.
    abstract void failed(Attempt attempt, Failure failure);

    /// A call lost its connection and may be sent again; if the budget or the queue says no, it
    /// fails.
    ///
    /// @param counted whether this takes part in the budget
    abstract void again(Attempt attempt, boolean counted, Failure otherwise);

    /// A connection is closed.
    abstract void closed(PooledConnection connection);

    /// Takes an idle connection away from new requests.
    ///
    /// @return whether it was idle
    abstract boolean retireIdle(PooledConnection connection);
}
