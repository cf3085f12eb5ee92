/// Pools of connections to backends: leases, the idle list, the wait queue, back-off, housekeeping.
@org.jspecify.annotations.NullMarked
package io.spillgate.client.pool;
