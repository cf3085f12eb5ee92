package io.spillgate.broker;

/// What all topics may take together.
///
/// @param memoryBytes bytes of all logs
/// @param topics topics with history
public record BrokerLimits(long memoryBytes, int topics) {}
