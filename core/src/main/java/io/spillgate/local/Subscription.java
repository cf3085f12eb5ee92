package io.spillgate.local;

import java.util.List;

/// An open subscription of this process. Thread safe.
public interface Subscription extends AutoCloseable {
    /// What is subscribed to, each topic once.
    List<String> topics();

    /// The last event that the listener has done with, or, before the first one, the place at which
    /// the subscription began; to go on behind: [StreamStart#after].
    String lastEventId();

    /// Ends it: no event is told any more, but the one that the listener is at; then
    /// [SubscriptionListener#ended]. Again does nothing.
    @Override
    void close();
}
