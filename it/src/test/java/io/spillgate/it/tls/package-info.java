/// Listeners that speak TLS.
@org.jspecify.annotations.NullMarked
package io.spillgate.it.tls;
