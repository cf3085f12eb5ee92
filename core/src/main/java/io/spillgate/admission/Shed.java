package io.spillgate.admission;

/// A refusal.
///
/// @param reason why
/// @param retryAfterSeconds when it is worth to come again, at least 1
public record Shed(AdmissionRefusal reason, int retryAfterSeconds) implements Verdict {}
