package io.spillgate.local;

/// What became of an event that was published.
///
/// @param id of the event, as subscribers see it
/// @param duplicate whether an event with the same id of its publisher is in the topic's history
///   already: nothing was delivered again, and the id is that of the first one
public record Published(String id, boolean duplicate) {}
