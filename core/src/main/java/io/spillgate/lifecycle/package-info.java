/// The states of the gateway and its paced shutdown.
@org.jspecify.annotations.NullMarked
package io.spillgate.lifecycle;
