/// TLS on the connections of a server: certificates and their keys.
@org.jspecify.annotations.NullMarked
package io.spillgate.http.tls;
