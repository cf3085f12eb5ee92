/// Pools of connections to backends, and the HTTP client on top; a library of its own.
@org.jspecify.annotations.NullMarked
package io.spillgate.client;
