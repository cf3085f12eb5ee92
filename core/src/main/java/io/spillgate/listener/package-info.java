/// Binding, the handlers of a connection, and the way of a request to its exchange.
@org.jspecify.annotations.NullMarked
package io.spillgate.listener;
