/// TLS on the connections of a server: certificates and their keys, sessions, handshakes.
@org.jspecify.annotations.NullMarked
package io.spillgate.http.tls;
