package io.spillgate.client.connect;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import io.spillgate.net.Loops;
import io.spillgate.net.Transport;

/// Event loops of any transport that works here.
final class Transports {
    private Transports() {}

    /// Skips the test where the transport does not work.
    static Loops loops(Transport transport, int count) {
        boolean works =
                switch (transport) {
                    case EPOLL -> Epoll.isAvailable();
                    case IO_URING -> IoUring.isAvailable();
                    case NIO -> true;
                };
        assumeTrue(works, transport + " does not work here");
        return new Loops(transport, count);
    }
}
