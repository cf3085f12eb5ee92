package io.spillgate.client.pool;

/// Whether a request that a connection did not answer is sent again. Pure.
///
/// | what happened | decision |
/// | --- | --- |
/// | a byte of the answer came | fail |
/// | it was sent, and the method is not idempotent or the body is gone | fail |
/// | else, on a connection that had served before, for the first time | replay, at no cost |
/// | else, and no retry is left | fail |
/// | else | retry, if the budget allows |
///
/// Source: RFC 9110 section 9.2.2, RFC 9112 section 9.3.1.
final class RetryRule {
    private RetryRule() {}

    /// What becomes of the request.
    enum Decision {
        /// Sent once more on a new connection; counts neither as a retry nor in the budget.
        REPLAY_FRESH,
        /// Sent again, on any connection; the caller asks the budget.
        RETRY,
        /// Its owner is told.
        FAIL
    }

    /// An attempt that lost its connection before it had a whole answer.
    ///
    /// @param sent whether the whole head of the request may have left
    /// @param reused whether the connection had served another request before
    /// @param responseStarted whether a byte of the answer came
    /// @param idempotent whether twice has the effect of once, by the method
    /// @param replayable whether there is no body, or all of it is still there
    /// @param replayed whether the request was replayed already
    /// @param retriesLeft how often it may still be retried
    record Loss(
            boolean sent,
            boolean reused,
            boolean responseStarted,
            boolean idempotent,
            boolean replayable,
            boolean replayed,
            int retriesLeft) {}

    /// The decision.
    static Decision decide(Loss loss) {
        if (loss.responseStarted() || !mayBeRepeated(loss)) {
            return Decision.FAIL;
        }
        if (loss.reused() && !loss.replayed()) {
            return Decision.REPLAY_FRESH;
        }
        return loss.retriesLeft() > 0 ? Decision.RETRY : Decision.FAIL;
    }

    /// Whether a method's second run changes nothing more than its first.
    static boolean isIdempotent(String method) {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY" -> true;
            default -> false;
        };
    }

    private static boolean mayBeRepeated(Loss loss) {
        return !loss.sent() || (loss.idempotent() && loss.replayable());
    }
}
