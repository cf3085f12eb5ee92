package io.spillgate.http.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.internal.tcnative.SSL;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import io.spillgate.config.TlsProvider;
import io.spillgate.net.WallClock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How one listener speaks TLS: its certificates, its sessions, its handshakes. Thread safe.
///
/// Other terms hold from the next handshake on; connections that are open keep what they have.
public final class ServerTls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);

    /// How long the closing alert may take to leave before the socket is closed.
    private static final long CLOSE_MILLIS = 500;

    private static final String NO_RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

    private final SslProvider provider;
    private final TicketKeys keys;
    private final WallClock clock;
    private final HandshakeLimit handshakes;
    private volatile TlsTerms terms;
    private volatile TlsContexts contexts;
    private volatile boolean closed;
    private long slot;

    /// @param terms with at least one certificate
    /// @throws IllegalStateException when the provider does not work on this machine
    /// @throws IllegalArgumentException when it can't use a certificate
    public ServerTls(TlsTerms terms, TlsProvider provider, TicketKeys keys, WallClock clock) {
        this.provider = provider(provider);
        this.keys = keys;
        this.clock = clock;
        this.terms = terms;
        handshakes = new HandshakeLimit(terms.maxHandshakes());
        slot = TicketKeys.slot(clock.epochNanos());
        contexts = TlsContexts.of(terms, this.provider);
        seal(contexts, terms);
    }

    /// Other terms that are ready to hold.
    public final class Change {
        private final TlsTerms changed;
        private final TlsContexts made;

        private Change(TlsTerms changed) {
            this.changed = changed;
            made = TlsContexts.of(changed, provider);
        }

        /// They hold from now on.
        public void apply() {
            synchronized (ServerTls.this) {
                seal(made, changed);
                TlsContexts before = contexts;
                contexts = made;
                terms = changed;
                handshakes.limit(changed.maxHandshakes());
                before.release();
            }
        }

        /// They never will.
        public void discard() {
            made.release();
        }
    }

    /// Makes what other terms need.
    ///
    /// @throws IllegalArgumentException when a certificate can't be used
    public Change prepare(TlsTerms others) {
        return new Change(others);
    }

    /// Changes the keys of tickets when it is time; to be called every minute or so.
    public synchronized void rotate() {
        long now = TicketKeys.slot(clock.epochNanos());
        if (now != slot) {
            slot = now;
            seal(contexts, terms);
        }
    }

    /// What holds now.
    public TlsTerms terms() {
        return terms;
    }

    /// Nobody is answered any more.
    @Override
    public synchronized void close() {
        closed = true;
        contexts.release();
    }

    /// Handshakes in progress over all loops.
    HandshakeLimit handshakes() {
        return handshakes;
    }

    /// A handler for a connection whose client has asked for a name.
    ///
    /// @param name in lower case; null when it asks for none
    /// @return null when the client is refused
    @Nullable SslHandler handler(@Nullable String name, ByteBufAllocator allocator) {
        while (true) {
            TlsContexts.Shown shown = contexts.find(name);
            if (shown == null) {
                return null;
            }
            try {
                ReferenceCountUtil.retain(shown.context());
            } catch (IllegalReferenceCountException _) {
                if (closed) {
                    return null;
                }
                continue; // replaced just now
            }
            try {
                return handler(shown, terms.resumed(), allocator);
            } finally {
                ReferenceCountUtil.release(shown.context());
            }
        }
    }

    private static SslHandler handler(
            TlsContexts.Shown shown, boolean resumed, ByteBufAllocator allocator) {
        SslHandler handler = shown.context().newHandler(allocator);
        handler.setHandshakeTimeoutMillis(0);
        handler.setCloseNotifyFlushTimeoutMillis(CLOSE_MILLIS);
        if (handler.engine() instanceof ReferenceCountedOpenSslEngine engine) {
            byte[] staple = shown.certificate().ocsp();
            if (staple != null) {
                engine.setOcspResponse(staple);
            }
            if (!resumed) {
                // Netty gives tickets to everybody who speaks TLS 1.3, whatever the context says.
                SSL.setOptions(engine.sslPointer(), SSL.SSL_OP_NO_TICKET);
            }
        }
        return handler;
    }

    private void seal(TlsContexts made, TlsTerms of) {
        if (of.resumed()) {
            made.ticketKeys(keys.of(slot));
        }
    }

    private static SslProvider provider(TlsProvider wanted) {
        boolean works = wanted != TlsProvider.JDK && OpenSsl.isAvailable();
        if (wanted == TlsProvider.BORINGSSL && !works) {
            throw new IllegalStateException(
                    "tls.provider = boringssl does not work here: "
                            + OpenSsl.unavailabilityCause());
        }
        if (wanted == TlsProvider.AUTO && !works) {
            LOG.warn(
                    "tls_provider provider=jdk reason=\"{}\" price=\"more processor time and"
                            + " memory, fewer resumed sessions\"",
                    String.valueOf(OpenSsl.unavailabilityCause()));
        }
        if (!works) {
            // For the whole process, which is no server otherwise; read with the first handshake.
            System.getProperties().putIfAbsent(NO_RENEGOTIATION, "true");
        }
        return works ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
    }
}
