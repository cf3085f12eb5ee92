package io.spillgate.listener;

import io.spillgate.admission.Admission;
import io.spillgate.broker.Broker;
import io.spillgate.hub.Hub;
import io.spillgate.lifecycle.Lifecycle;
import io.spillgate.metrics.Metrics;
import io.spillgate.net.Loops;
import io.spillgate.proxy.Backends;

/// What a listener needs of the rest of the gateway.
///
/// @param loops where connections live
/// @param broker where events are published
/// @param hub where streams go
/// @param backends where forwarded requests go
/// @param admission who may be served
/// @param metrics where everything is counted
/// @param lifecycle what is refused
/// @param operations what operators can ask for
public record Services(
        Loops loops,
        Broker broker,
        Hub hub,
        Backends backends,
        Admission admission,
        Metrics metrics,
        Lifecycle lifecycle,
        Operations operations) {

    /// Whether a load balancer should send traffic: everything is served, no loop is stuck, and
    /// memory is not short.
    boolean isReady() {
        return lifecycle.isReady() && !loops.isStuck() && !loops.faults().isShortOfMemory();
    }
}
