package io.spillgate.sse;

/// The reason why something published is not an event; the message is one sentence for the
/// publisher.
///
/// Carries no stack trace: it is an answer to a peer, not a fault of ours.
public final class InvalidEvent extends Exception {
    private static final long serialVersionUID = 1L;

    /// A refusal for this reason.
    public InvalidEvent(String reason) {
        super(reason, null, false, false);
    }

    /// One sentence: what is wrong, with the numbers that diagnose.
    public String reason() {
        return String.valueOf(getMessage());
    }
}
