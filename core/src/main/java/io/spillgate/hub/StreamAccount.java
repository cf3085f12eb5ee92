package io.spillgate.hub;

/// Who wants to know what one event stream got. Called on the stream's loop.
public interface StreamAccount {
    /// The socket has taken bytes: events with their framing, notices, keepalives.
    void sent(long bytes);

    /// The socket has taken the last byte of so many events.
    void delivered(int events);

    /// The stream is over. Called once, and last.
    void ended(StreamEnd why);

    /// Nobody wants to know.
    StreamAccount NONE =
            new StreamAccount() {
                @Override
                public void sent(long bytes) {}

                @Override
                public void delivered(int events) {}

                @Override
                public void ended(StreamEnd why) {}
            };
}
