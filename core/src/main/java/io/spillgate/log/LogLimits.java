package io.spillgate.log;

/// What all topics may take together.
///
/// @param memoryBytes bytes of all logs
/// @param topics topics with history
public record LogLimits(long memoryBytes, int topics) {}
