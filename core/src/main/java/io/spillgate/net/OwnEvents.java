package io.spillgate.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.FileDescriptor;

import java.util.function.LongSupplier;

/// A socket of epoll's that hears only of itself.
///
/// Netty finds the socket of an event by the number of its descriptor, when it comes to that event.
/// If the work for an earlier event of the same turn has closed a socket and made another one, the
/// kernel gave it the same number, and what was told of the old one, mostly its reset, reaches the
/// new one: it is not connected yet, so the reading fails and takes it for refused. Nothing that a
/// turn tells can be about a socket that was registered in that turn.
@SuppressWarnings("try") // close() throws what the interface lets it
final class OwnEvents implements EpollIoHandle {
    private final EpollIoHandle socket;
    private final LongSupplier turn;
    private final long registered;

    private OwnEvents(EpollIoHandle socket, LongSupplier turn) {
        this.socket = socket;
        this.turn = turn;
        registered = turn.getAsLong();
    }

    /// The handle itself, where it is not one of epoll's.
    ///
    /// @param turn counts the loop's looks at its sockets; asked on the loop only
    static IoHandle of(IoHandle handle, LongSupplier turn) {
        return handle instanceof EpollIoHandle socket ? new OwnEvents(socket, turn) : handle;
    }

    @Override
    public FileDescriptor fd() {
        return socket.fd();
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        if (turn.getAsLong() != registered) {
            socket.handle(registration, event);
        }
    }

    @Override
    public void registered() {
        socket.registered();
    }

    @Override
    public void unregistered() {
        socket.unregistered();
    }

    @Override
    public void close() throws Exception {
        socket.close();
    }
}
