/// From a name to a connection that can carry a request: DNS, TCP, the HTTPS proxy, TLS.
@org.jspecify.annotations.NullMarked
package io.spillgate.client.connect;
