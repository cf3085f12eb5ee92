/// Order, history and retention of events.
@org.jspecify.annotations.NullMarked
package io.spillgate.broker;
