package io.spillgate.it.tls;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.spillgate.it.harness.Wire;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// Connects over TLS and trusts everybody; resumes its sessions.
final class TlsClient {
    private final SSLContext context;

    private TlsClient(@Nullable Pem own) {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(own == null ? null : own.store(), new char[0]);
            context = SSLContext.getInstance("TLS");
            context.init(
                    keys.getKeyManagers(),
                    InsecureTrustManagerFactory.INSTANCE.getTrustManagers(),
                    null);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static TlsClient create() {
        return new TlsClient(null);
    }

    /// One that shows a certificate when it is asked for one.
    static TlsClient showing(Pem own) {
        return new TlsClient(own);
    }

    /// A connection whose handshake is done.
    ///
    /// @param name what is asked for; empty for nothing
    /// @throws UncheckedIOException when the handshake fails
    Secured connect(InetSocketAddress address, String name, String... versions) {
        try {
            Tap plain = new Tap();
            plain.setTcpNoDelay(true);
            plain.connect(address, 10_000);
            plain.setSoTimeout(20_000);
            SSLSocket socket =
                    (SSLSocket)
                            context.getSocketFactory()
                                    .createSocket(plain, "peer", address.getPort(), true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(name.isEmpty() ? List.of() : List.of(new SNIHostName(name)));
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            if (versions.length > 0) {
                parameters.setProtocols(versions);
            }
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return new Secured(socket, plain, Wire.over(socket));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param tap the socket below
    /// @param wire what is sent and received over it
    record Secured(SSLSocket socket, Tap tap, Wire wire) implements AutoCloseable {
        /// The types of the records that were received.
        List<Integer> records() {
            byte[] all = tap.seen.toByteArray();
            List<Integer> types = new ArrayList<>();
            for (int at = 0; at < all.length; ) {
                types.add((int) all[at]);
                at += 5 + ((all[at + 3] & 0xff) << 8) + (all[at + 4] & 0xff);
            }
            return types;
        }

        /// The name of whom the server's certificate is for.
        String subject() {
            try {
                X509Certificate leaf =
                        (X509Certificate) socket.getSession().getPeerCertificates()[0];
                return leaf.getSubjectX500Principal().getName();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            wire.close();
        }
    }

    /// A socket that remembers what it has received.
    private static final class Tap extends Socket {
        private final ByteArrayOutputStream seen = new ByteArrayOutputStream();

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read(byte[] into, int offset, int length) throws IOException {
                    int count = super.read(into, offset, length);
                    seen.write(into, offset, Math.max(count, 0));
                    return count;
                }
            };
        }
    }
}
