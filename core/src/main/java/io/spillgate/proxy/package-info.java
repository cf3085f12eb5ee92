/// One request to one backend and back.
@org.jspecify.annotations.NullMarked
package io.spillgate.proxy;
