package io.spillgate.admission;

/// Why admission refused a request; the values of `admission_rejected_total{reason}`.
public enum AdmissionRefusal {
    /// `maxConcurrentRequests` run, and the adaptive limit, which lets requests wait, is off.
    CAP,
    /// `queueSize` requests wait already.
    QUEUE_FULL,
    /// It waited for as long as it may, which is `queueTimeout` or less.
    QUEUE_TIMEOUT,
    /// The event loops are busier than `eluMax`, so that waiting is of no use.
    UTILIZATION
}
