package io.spillgate.admission;

import io.netty.channel.EventLoop;

/// A request that asks for a permit and can wait for it. Called on its loop.
public interface Applicant {
    /// Where it lives.
    EventLoop loop();

    /// The wait is over: the permit is its own, and must be released.
    void admitted(Permit permit);

    /// The wait was for nothing.
    void refused(AdmissionRefusal reason);
}
