package io.spillgate.config;

import java.time.Duration;

/// `websocket` of `server` and of `client`: how one end of a tunnel is kept from falling silent
/// (Pekko HTTP; RFC 6455 section 5.5).
///
/// @param periodicKeepAliveMode which frame that end gets; after a ping it has to say something
///   within `periodicKeepAliveMaxIdle`, but 5 s at least, or the tunnel is closed
/// @param periodicKeepAliveMaxIdle how long nothing was sent to that end when it gets the frame;
///   infinite = never
/// @param logFrames whether the head of each frame is logged, at debug
public record WebsocketConfig(
        KeepAliveMode periodicKeepAliveMode, Duration periodicKeepAliveMaxIdle, boolean logFrames) {
    /// What holds for every key that is not set.
    public static final WebsocketConfig DEFAULT =
            new WebsocketConfig(KeepAliveMode.PING, Durations.INFINITE, false);

    public WebsocketConfig {
        Require.atLeast("periodicKeepAliveMaxIdle", periodicKeepAliveMaxIdle, Duration.ofMillis(1));
    }

    /// A frame that keeps a connection alive.
    public enum KeepAliveMode {
        /// Asks for an answer.
        PING,
        /// Asks for nothing.
        PONG;

        @Override
        public String toString() {
            return this == PING ? "ping" : "pong";
        }
    }
}
