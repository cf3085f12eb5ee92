/// Event loops, the choice of transport, time, and periodic sweeps.
@org.jspecify.annotations.NullMarked
package io.spillgate.net;
