/// HTTP/1.0 and HTTP/1.1 on the connections of a server (RFC 9112).
@org.jspecify.annotations.NullMarked
package io.spillgate.http.http1;
