package io.spillgate.config;

/// The kernel interface of the event loops.
public enum IoMode {
    /// The best one that works on this machine.
    AUTO,
    /// Linux io_uring.
    IO_URING,
    /// Linux epoll.
    EPOLL,
    /// The portable one of the JDK.
    NIO
}
