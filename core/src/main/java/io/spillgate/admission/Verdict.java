package io.spillgate.admission;

/// What [Admission] says to a request.
public sealed interface Verdict permits Permit, Waiter, Verdict.Shed {
    /// A refusal.
    ///
    /// @param reason why
    record Shed(AdmissionRefusal reason) implements Verdict {}
}
