package io.spillgate.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/// An address where nothing answers to a SYN: a listening socket that accepts nobody and whose
/// backlog is full.
public final class BackendSilence implements AutoCloseable {
    private static final int ENOUGH = 50;
    private static final int PATIENCE_MILLIS = 300;

    private final ServerSocket listener;
    private final List<Socket> fill = new ArrayList<>();

    private BackendSilence(InetAddress address, int port) throws IOException {
        listener = new ServerSocket(port, 1, address);
    }

    /// At a free port of 127.0.0.1.
    public static BackendSilence start() {
        return start("127.0.0.1", 0);
    }

    /// At a certain address.
    public static BackendSilence start(String ip, int port) {
        try {
            BackendSilence silence = new BackendSilence(InetAddress.getByName(ip), port);
            while (silence.takesOneMore()) {
                if (silence.fill.size() > ENOUGH) {
                    throw new AssertionError("the backlog does not fill");
                }
            }
            return silence;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// `ip:port`.
    public String address() {
        return listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort();
    }

    /// The same, for Java's sockets.
    public SocketAddress socketAddress() {
        return listener.getLocalSocketAddress();
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : fill) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean takesOneMore() throws IOException {
        Socket socket = new Socket();
        fill.add(socket);
        try {
            socket.connect(socketAddress(), PATIENCE_MILLIS);
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }
}
