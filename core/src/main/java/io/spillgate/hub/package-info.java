/// Who is subscribed, and getting events to their sockets.
@org.jspecify.annotations.NullMarked
package io.spillgate.hub;
