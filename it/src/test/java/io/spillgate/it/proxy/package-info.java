/// The reverse proxy as clients and backends see it: exact bytes on both sides.
@org.jspecify.annotations.NullMarked
package io.spillgate.it.proxy;
