package io.spillgate.client;

import org.jspecify.annotations.Nullable;

/// An event of a stream that we read.
///
/// @param type `message` when the stream names none
/// @param data the lines of data joined with LF
/// @param lastEventId of this event, else of the last one that had an id, else the empty string;
///   the id to resume from when this event has been dealt with
/// @param hasId whether this event itself carries that id
/// @param topic where it was published, if the stream says so (`?fields=topic` of ours); null when
///   it does not
public record ServerSentEvent(
        String type, String data, String lastEventId, boolean hasId, @Nullable String topic) {}
