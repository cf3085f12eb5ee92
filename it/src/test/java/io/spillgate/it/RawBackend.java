package io.spillgate.it;

import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/// A backend that only listens; what it accepts is served by the test, byte by byte.
final class RawBackend implements AutoCloseable {
    private final ServerSocket socket;

    RawBackend() throws IOException {
        this(0);
    }

    /// @param receiveBufferBytes of each connection; 0 = as the system likes
    RawBackend(int receiveBufferBytes) throws IOException {
        socket = new ServerSocket();
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        socket.setSoTimeout(Math.toIntExact(Await.PATIENCE.toMillis()));
    }

    int port() {
        return socket.getLocalPort();
    }

    /// The next connection.
    Wire accept() throws IOException {
        return Wire.over(socket.accept());
    }

    /// A gateway that forwards everything to it, as destination `back`.
    ///
    /// @param routeKeys more keys of the route
    /// @param destinationKeys more keys of the destination, or other tables
    TestGateway gateway(String routeKeys, String destinationKeys) {
        return TestGateway.start(config(routeKeys, destinationKeys));
    }

    /// The configuration of such a gateway.
    String config(String routeKeys, String destinationKeys) {
        return """
        [http-destinations.back]
        addresses = ["127.0.0.1:%d"]
        %s
        [[routes]]
        path = "/*"
        proxy = "back"
        %s
        """
                .formatted(port(), destinationKeys, routeKeys);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
