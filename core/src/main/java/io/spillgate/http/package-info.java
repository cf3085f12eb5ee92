/// One request and its answer, whatever the version of HTTP: what listeners and the proxy speak to.
@org.jspecify.annotations.NullMarked
package io.spillgate.http;
