package io.spillgate.client.connect;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.spillgate.config.TlsConfig;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.File;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/// How TLS is spoken to a target: whom it must be, and who we are. Thread safe.
///
/// One context for all connections, so that sessions are resumed.
final class Tls {
    private static final Logger LOG = LoggerFactory.getLogger(Tls.class);

    /// Certificates are verified and keys computed there, not on a loop.
    private static final Executor COMPUTING = Thread::startVirtualThread;

    /// How long the closing alert may take to leave before the socket is closed.
    private static final long CLOSE_MILLIS = 500;

    private final SslContext context;
    private final String serverName;
    private final AtomicBoolean warned;

    /// @param serverName for SNI and verification, unless `config` has one; empty = the name that
    ///   an address was found by
    /// @throws IllegalArgumentException when a file cannot be used
    Tls(TlsConfig config, String serverName) {
        this.serverName = config.serverName().isEmpty() ? serverName : config.serverName();
        this.warned = new AtomicBoolean(config.verify());
        context = context(config);
    }

    /// A handler for one connection.
    SslHandler handler(ByteBufAllocator allocator, InetSocketAddress target) {
        String name = name(target);
        if (warned.compareAndSet(false, true)) {
            LOG.warn(
                    "tls_not_verified server_name={} danger=\"anybody can answer in the server's"
                            + " place\"",
                    name);
        }
        SslHandler handler = context.newHandler(allocator, name, target.getPort(), COMPUTING);
        handler.setHandshakeTimeoutMillis(0);
        handler.setCloseNotifyFlushTimeoutMillis(CLOSE_MILLIS);
        SSLEngine engine = handler.engine();
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(sni(name));
        engine.setSSLParameters(parameters);
        return handler;
    }

    /// Who the target must be.
    String name(InetSocketAddress target) {
        String name = serverName.isEmpty() ? target.getHostString() : serverName;
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /// RFC 6066 section 3: host names only, never an IP.
    private static List<SNIServerName> sni(String name) {
        if (name.isEmpty() || ConfiguredAddress.literal(name).isPresent()) {
            return List.of();
        }
        try {
            return List.of(new SNIHostName(name));
        } catch (IllegalArgumentException _) {
            return List.of(); // servers may refuse a name with an underscore
        }
    }

    private static SslContext context(TlsConfig config) {
        SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
        try {
            if (!config.verify()) {
                builder.trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .endpointIdentificationAlgorithm(null);
            } else if (!config.trustFile().isEmpty()) {
                builder.trustManager(new File(config.trustFile()));
            }
            if (!config.certificateFile().isEmpty()) {
                builder.keyManager(new File(config.certificateFile()), new File(config.keyFile()));
            }
            return builder.build();
        } catch (IllegalArgumentException | SSLException e) {
            Throwable root = e.getCause() == null ? e : e.getCause();
            throw new IllegalArgumentException(
                    "tls: " + e.getMessage() + ": " + root.getMessage(), e);
        }
    }
}
