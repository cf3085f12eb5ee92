package io.spillgate.hub;

/// Who is told what a topic's log has to learn later. Confined to the topic's loop, as [Topic]
/// asserts.
interface TopicListener {
    /// Has a topic reported to the logs before long, once however often this is called.
    void reportSoon(Topic topic);

    /// Somebody lags in a topic: its queues are measured until nobody does.
    void measure(Topic topic);
}
