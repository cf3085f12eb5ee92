package io.spillgate.app;

/// How the process ends.
final class ExitCode {
    /// All went well.
    static final int OK = 0;

    /// It could not be done, or not to the end.
    static final int FAILURE = 1;

    /// The command line or the configuration is wrong; nothing was done.
    static final int USAGE = 2;

    /// The gateway can't go on: out of memory, or an event loop ended. The JVM uses the same status
    /// for `-XX:+ExitOnOutOfMemoryError`.
    static final int BROKEN = 3;

    private ExitCode() {}
}
