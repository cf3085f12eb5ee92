/// The HTTP client for Java programs: whole requests and answers, and event streams.
@org.jspecify.annotations.NullMarked
package io.spillgate.client;
