package io.spillgate.local;

/// Who gets the events of a subscription. One call at a time, in the order of the events, on the
/// executor of the subscription, and nothing after [#ended].
///
/// ```
///   opened (event | gap)* ended
/// ```
///
/// May block. As long as a call runs nothing else is told: at most 64 events, or 64 KiB and one
/// event, have left the hub; what comes meanwhile waits there, and what is too much for the topic's
/// queue (`http.max_message_queue_size`, `hub.queue_bytes`) is treated by its policy, as that of a
/// slow client is: dropped and told as a gap, or waited for by publishers. A call that throws ends
/// the subscription.
@FunctionalInterface
public interface SubscriptionListener {
    /// An event came.
    void event(ReceivedEvent event);

    /// Events are missing at this place.
    default void gap(StreamGap gap) {}

    /// The subscription is open: whatever is published from now on comes.
    default void opened(Subscription subscription) {}

    /// Nothing more will be told.
    default void ended(SubscriptionEnd end) {}
}
