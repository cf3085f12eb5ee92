/// Spillgate as a library: start a gateway from a configuration, reload it, drain it.
@org.jspecify.annotations.NullMarked
package io.spillgate;
