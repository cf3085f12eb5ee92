/// The overload comparison: an open loop of requests against a gateway of its own for each reading.
@org.jspecify.annotations.NullMarked
package io.spillgate.bench.overload;
