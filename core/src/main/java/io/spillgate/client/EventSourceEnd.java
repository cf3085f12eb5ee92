package io.spillgate.client;

/// Why an event source does not come back any more.
///
/// @param cause the kind
/// @param status of the answer that ended it; 0 when none did
/// @param message one sentence; what the server said in it may hold any characters
public record EventSourceEnd(Cause cause, int status, String message) {
    /// The kinds of ends.
    public enum Cause {
        /// It was closed on this side.
        CLOSED,
        /// The server says that there is nothing more: 204.
        NO_CONTENT,
        /// The server refuses: an answer that will not be another one later.
        REFUSED,
        /// The answer is 200, but no event stream.
        NOT_AN_EVENT_STREAM,
        /// An event or a line is longer than may be, or the stream is compressed.
        UNREADABLE,
        /// The listener threw an exception, or its executor takes nothing any more.
        LISTENER
    }
}
