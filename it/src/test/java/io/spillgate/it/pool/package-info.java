/// Destinations, host pools and what they promise, seen from both ends of the gateway.
@org.jspecify.annotations.NullMarked
package io.spillgate.it.pool;
