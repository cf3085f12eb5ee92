package io.spillgate.http.tls;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.ReferenceCountUtil;
import io.spillgate.config.TlsVersion;

import org.jspecify.annotations.Nullable;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLException;
import javax.net.ssl.X509TrustManager;

/// A context for each certificate of a listener, by the names in them. Any thread.
final class TlsContexts {
    /// With forward secrecy and authenticated encryption only, in the order of RFC 9325 section
    /// 4.2.
    private static final List<String> CIPHERS =
            List.of(
                    "TLS_AES_128_GCM_SHA256",
                    "TLS_AES_256_GCM_SHA384",
                    "TLS_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private final boolean strict;
    private final List<Shown> all;
    private final Map<String, Shown> byName = new HashMap<>();

    /// A certificate and what it is shown by.
    record Shown(ServerCertificate certificate, SslContext context) {}

    private TlsContexts(boolean strict, List<Shown> all) {
        this.strict = strict;
        this.all = all;
        for (Shown one : all) {
            one.certificate().names().forEach(name -> byName.putIfAbsent(name, one));
        }
    }

    /// @throws IllegalArgumentException when the library can't use a certificate after all
    static TlsContexts of(TlsTerms terms, SslProvider provider) {
        List<Shown> all = new ArrayList<>();
        try {
            for (ServerCertificate one : terms.certificates()) {
                all.add(new Shown(one, context(one, terms, provider)));
            }
        } catch (SSLException | RuntimeException | Error e) {
            all.forEach(one -> ReferenceCountUtil.release(one.context()));
            throw new IllegalArgumentException("tls: " + e.getMessage(), e);
        }
        return new TlsContexts(terms.strict(), all);
    }

    /// What is shown to a client that asks for a name, in lower case.
    ///
    /// @param name null when it asks for none
    /// @return null when it is refused
    @Nullable Shown find(@Nullable String name) {
        Shown found = name == null ? null : byName.get(name);
        if (found == null && name != null) {
            int dot = name.indexOf('.');
            found = dot < 0 ? null : byName.get("*" + name.substring(dot));
        }
        return found != null || strict ? found : all.getFirst();
    }

    /// Seals and opens tickets with other keys; the JDK's provider has keys of its own.
    void ticketKeys(OpenSslSessionTicketKey... keys) {
        for (Shown one : all) {
            if (one.context().sessionContext() instanceof OpenSslServerSessionContext sessions) {
                sessions.setTicketKeys(keys);
            }
        }
    }

    /// Connections that were made with them keep what they need.
    void release() {
        all.forEach(one -> ReferenceCountUtil.release(one.context()));
    }

    private static SslContext context(
            ServerCertificate certificate, TlsTerms terms, SslProvider provider)
            throws SSLException {
        boolean staples = certificate.ocsp() != null && provider != SslProvider.JDK;
        SslContextBuilder builder =
                SslContextBuilder.forServer(certificate.key(), certificate.chain())
                        // The default store derives a key for minutes of a reload's processor time.
                        .keyStoreType("JKS")
                        .sslProvider(provider)
                        .protocols(
                                terms.oldest() == TlsVersion.TLS_1_3
                                        ? List.of("TLSv1.3")
                                        : List.of("TLSv1.3", "TLSv1.2"))
                        .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                        .enableOcsp(staples)
                        .applicationProtocolConfig(
                                new ApplicationProtocolConfig(
                                        Protocol.ALPN,
                                        SelectorFailureBehavior.NO_ADVERTISE,
                                        SelectedListenerFailureBehavior.ACCEPT,
                                        ApplicationProtocolNames.HTTP_1_1));
        if (terms.authorities().isEmpty()) {
            builder.trustManager(new Nobody());
        } else {
            builder.trustManager(terms.authorities()).clientAuth(ClientAuth.REQUIRE);
        }
        SslContext context = builder.build();
        if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
            // What is remembered of a session is in its ticket, and not here.
            sessions.setSessionCacheEnabled(false);
            // A session goes on with the names that it began with (RFC 6066 section 3).
            sessions.setSessionIdContext(digest(certificate.names()));
        }
        return context;
    }

    private static byte[] digest(List<String> names) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(String.join(" ", names).getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// Trusts no client, and saves reading the JDK's authorities for each context.
    private static final class Nobody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType)
                throws CertificateException {
            throw new CertificateException("no client's certificate is asked for");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType)
                throws CertificateException {
            throw new CertificateException("this is a server");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
