package io.spillgate.http.tls;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.spillgate.http.http1.ConnectionHome;
import io.spillgate.metrics.Cells;

import java.util.function.Consumer;

/// Where the connections of one listener on one loop begin to speak TLS. Confined to the loop.
public final class TlsFront {
    private final EventLoop loop;
    private final ServerTls tls;
    private final ConnectionHome home;
    private final Cells cells;
    private final HelloGate gate;
    private final TlsEnd end;

    /// @param home what the connections belong to
    /// @param cells of the loop
    public TlsFront(EventLoop loop, ServerTls tls, ConnectionHome home, Cells cells) {
        this.loop = loop;
        this.tls = tls;
        this.home = home;
        this.cells = cells;
        gate = new HelloGate(loop, home.meter());
        end = new TlsEnd(home.faults());
    }

    /// Begins with an accepted connection.
    ///
    /// @param mostNanos the handshake may take no longer than this, nor than the terms say
    /// @param next goes on with it when the handshake is done
    /// @param failed is told when it is not
    public void begin(Channel channel, long mostNanos, Consumer<Channel> next, Runnable failed) {
        assert loop.inEventLoop();
        TlsConnection.begin(channel, this, mostNanos, next, failed);
    }

    ServerTls tls() {
        return tls;
    }

    ConnectionHome home() {
        return home;
    }

    Cells cells() {
        return cells;
    }

    TlsEnd end() {
        return end;
    }

    HelloGate gate() {
        return gate;
    }
}
