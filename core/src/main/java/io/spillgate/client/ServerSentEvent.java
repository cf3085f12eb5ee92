package io.spillgate.client;

/// An event of a stream that we read.
///
/// @param type `message` when the stream names none
/// @param data the lines of data joined with LF
/// @param lastEventId of this event, else of the last one that had an id, else the empty string;
///   the id to resume from when this event has been dealt with
/// @param hasId whether this event itself carries that id
public record ServerSentEvent(String type, String data, String lastEventId, boolean hasId) {}
