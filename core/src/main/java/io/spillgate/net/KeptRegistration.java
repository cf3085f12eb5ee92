package io.spillgate.net;

import io.netty.channel.IoHandle;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;

/// A socket's registration with epoll that outlives a time without interest.
///
/// Netty takes a socket of which nothing is awaited out of epoll and can't put it back: the next
/// wish to read closes the connection. That happens to a connection whose other side has said FIN
/// and whose reader pauses. Here it stays in epoll, edge triggered, so that an error wakes the loop
/// once and not for ever.
final class KeptRegistration implements IoRegistration {
    private final IoRegistration registration;

    private KeptRegistration(IoRegistration registration) {
        this.registration = registration;
    }

    /// The registration itself, where it is not one of epoll's.
    static IoRegistration of(IoHandle handle, IoRegistration registration) {
        return handle instanceof EpollIoHandle ? new KeptRegistration(registration) : registration;
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // of the interface's method
    public <T> T attachment() {
        return registration.attachment();
    }

    @Override
    public long submit(IoOps ops) {
        return registration.submit(ops.equals(EpollIoOps.NONE) ? EpollIoOps.EPOLLET : ops);
    }

    @Override
    public boolean isValid() {
        return registration.isValid();
    }

    @Override
    public boolean cancel() {
        return registration.cancel();
    }
}
