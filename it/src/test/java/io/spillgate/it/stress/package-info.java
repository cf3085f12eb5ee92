/// Many clients at once, and clients at their worst, against a gateway over real sockets.
@org.jspecify.annotations.NullMarked
package io.spillgate.it.stress;
