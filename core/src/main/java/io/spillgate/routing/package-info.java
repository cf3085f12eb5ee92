/// Request head to one outcome; pure functions without I/O.
@org.jspecify.annotations.NullMarked
package io.spillgate.routing;
