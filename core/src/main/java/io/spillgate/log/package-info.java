/// Bounded logs of the events of all topics: order, history, who reads them and who waits for room,
/// and where a subscriber that comes back goes on.
@org.jspecify.annotations.NullMarked
package io.spillgate.log;
