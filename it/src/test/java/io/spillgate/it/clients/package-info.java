/// Programs in other languages, with clients and servers that people use, on both sides of the
/// gateway.
@org.jspecify.annotations.NullMarked
package io.spillgate.it.clients;
