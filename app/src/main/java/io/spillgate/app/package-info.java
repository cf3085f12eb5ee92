/// The process around a gateway: command line, logs, signals, start-up checks, and the clients
/// `publish` and `tail`.
@org.jspecify.annotations.NullMarked
package io.spillgate.app;
