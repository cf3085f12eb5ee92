package io.spillgate.local;

import io.spillgate.sse.Event;
import io.spillgate.sse.InvalidEvent;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// An event to be published. Immutable: each method that changes something gives another one.
///
/// What may not be published is refused by the publish, as [HubFailure.Reason#INVALID].
public final class Message {
    private static final long NO_RETRY = -1;

    private final byte[] data;
    private final @Nullable String type;
    private final @Nullable String id;
    private final long retryMillis;

    private Message(byte[] data, @Nullable String type, @Nullable String id, long retryMillis) {
        this.data = data;
        this.type = type;
        this.id = id;
        this.retryMillis = retryMillis;
    }

    /// An event with this data and nothing else.
    public static Message text(String data) {
        return of(data.getBytes(StandardCharsets.UTF_8));
    }

    /// An event with this data and nothing else.
    ///
    /// @param data UTF-8; kept, not copied, so it must not change any more
    public static Message of(byte[] data) {
        return new Message(data, null, null, NO_RETRY);
    }

    /// With this type, the field `event`; without one it is a `message`.
    public Message type(String name) {
        return new Message(data, name, id, retryMillis);
    }

    /// With an id of the publisher's own: an event with the id of one that is still in the topic's
    /// history is not delivered again. Subscribers see it behind the position,
    /// `<epoch>-<sequence>:<id>`.
    public Message id(String own) {
        return new Message(data, type, own, retryMillis);
    }

    /// With the time after which a client is to come back when its connection breaks; 0 or more, in
    /// milliseconds on the wire.
    ///
    /// @throws IllegalArgumentException when it is negative
    public Message retry(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("retry is " + time + ", must not be negative");
        }
        return new Message(data, type, id, time.toMillis());
    }

    int dataBytes() {
        return data.length;
    }

    Event event() throws InvalidEvent {
        return Event.of(data, type, id, retryMillis);
    }
}
