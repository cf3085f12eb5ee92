package io.spillgate.it.stress;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;

import java.util.stream.Stream;

/// What `http.io` can be on this machine.
public final class Transports {
    private Transports() {}

    public static Stream<String> available() {
        Stream<String> always = Stream.of("nio");
        Stream<String> epoll = Epoll.isAvailable() ? Stream.of("epoll") : Stream.of();
        Stream<String> uring = IoUring.isAvailable() ? Stream.of("io_uring") : Stream.of();
        return Stream.concat(epoll, Stream.concat(uring, always));
    }
}
