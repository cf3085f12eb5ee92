/// Our HTTP client beside others: one small adapter for each, and the same closed loop of requests
/// for all.
@org.jspecify.annotations.NullMarked
package io.spillgate.bench.clients;
