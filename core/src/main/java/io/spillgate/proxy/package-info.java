/// One request to one backend and back: which headers cross, streaming with back-pressure both
/// ways, WebSocket tunnels.
@org.jspecify.annotations.NullMarked
package io.spillgate.proxy;
