/// The event-stream wire format (WHATWG HTML, section 9.2); knows nothing of channels.
@org.jspecify.annotations.NullMarked
package io.spillgate.sse;
