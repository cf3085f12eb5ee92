package io.spillgate.client.pool;

/// Why a request has no answer, or not a whole one.
///
/// @param cause what it is counted under
/// @param message one sentence with the numbers that diagnose
public record Failure(PoolFailure cause, String message) {}
