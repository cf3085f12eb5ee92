package io.spillgate.log;

/// What became of an event that was handed to the broker.
public sealed interface Publication {
    /// It waits for room, or for those who keep it: the [Publisher] is told.
    Publication PENDING = new Pending();

    /// It is in the log, now or since its publisher sent the same id before.
    ///
    /// @param id the id that the clients see
    /// @param fresh false when the id was there already and nothing was delivered again
    record Accepted(String id, boolean fresh) implements Publication {}

    /// There was no room, for as long as it might wait; nothing was published.
    ///
    /// @param shortage what there is too little of
    record Busy(Shortage shortage) implements Publication {}

    /// It can't be taken; nothing was published.
    ///
    /// @param reason one sentence with the limit that was met
    record Refused(String reason) implements Publication {}

    /// Nobody knows whether it was published. The same event with the same id of its publisher may
    /// be sent again: it is not delivered twice.
    ///
    /// @param reason one sentence
    record Unconfirmed(String reason) implements Publication {}

    /// Not known yet; see [#PENDING].
    record Pending() implements Publication {}

    /// Why an event was not accepted, one sentence for its publisher.
    ///
    /// @param waitedNanos how long it might wait for room
    /// @throws IllegalArgumentException when it was accepted, or that is not known yet
    static String whyNot(Publication publication, long waitedNanos) {
        return switch (publication) {
            case Refused refused -> "Not published: " + refused.reason();
            case Busy busy ->
                    "Not published: "
                            + busy.shortage().text()
                            + " for "
                            + waitedNanos / 1_000_000
                            + " ms (hub.block_timeout)";
            case Unconfirmed unconfirmed ->
                    "Not confirmed: "
                            + unconfirmed.reason()
                            + "; it may have been published, and is safe to repeat if it has an id";
            case Accepted _, Pending _ ->
                    throw new IllegalArgumentException(publication.toString());
        };
    }

    /// Why an event has to wait.
    enum Shortage {
        /// A subscriber's queue is full, or the fan-out is behind.
        QUEUE("a subscriber of the topic had no room"),

        /// All logs together hold what they may, and what subscribers wait for can't be dropped.
        MEMORY("what subscribers wait for has filled hub.memory");

        private final String text;

        Shortage(String text) {
            this.text = text;
        }

        private String text() {
            return text;
        }
    }
}
