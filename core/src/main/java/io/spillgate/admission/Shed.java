package io.spillgate.admission;

/// A refusal.
///
/// @param reason why
public record Shed(AdmissionRefusal reason) implements Verdict {}
