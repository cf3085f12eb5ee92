/// Event loops and their load, the choice of transport, and periodic sweeps.
@org.jspecify.annotations.NullMarked
package io.spillgate.net;
