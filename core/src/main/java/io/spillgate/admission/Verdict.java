package io.spillgate.admission;

/// What [Admission] says to a request.
public sealed interface Verdict permits Permit, Shed, Waiter {}
