package io.spillgate.app.config;

import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.spillgate.config.ClientConfig;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.HostOverride;
import io.spillgate.config.TlsConfig;
import io.spillgate.http.tls.CertificateFault;
import io.spillgate.http.tls.CertificateFiles;
import io.spillgate.http.tls.ClientAuthorities;
import io.spillgate.http.tls.TicketKeys;

import java.io.File;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

import javax.net.ssl.SSLException;

/// Looks whether the files of `tls` tables can be used, so that `check` refuses what `serve` would.
///
/// A table that has its values from another one is not looked at again.
final class TlsFiles {
    private final Origins origins;
    private final Problems problems;

    TlsFiles(Origins origins, Problems problems) {
        this.origins = origins;
        this.problems = problems;
    }

    /// Reports what can't be used. Reads the files.
    ///
    /// @return what an operator should know of those that can
    List<String> check(GatewayConfig config) {
        List<String> warnings = listeners(config);
        client("client", config.client());
        String hosts = "host-connection-pool";
        client(hosts + ".client", config.hostConnectionPool().client());
        List<HostOverride> overrides = config.hostConnectionPool().perHostOverride();
        for (int i = 0; i < overrides.size(); i++) {
            String path = hosts + ".per-host-override[" + i + "].client";
            client(path, overrides.get(i).client());
        }
        config.httpDestinations()
                .forEach((name, its) -> {
                    String table = KeyPath.ROOT.key("http-destinations").named(name).shown();
                    client(table + ".client", its.client());
                });
        return warnings;
    }

    private List<String> listeners(GatewayConfig config) {
        List<CertificateFiles> files = new ArrayList<>(CertificateFiles.of(config.tls()));
        files.addAll(CertificateFiles.of(config.admin()));
        Instant now = Instant.now();
        List<String> warnings =
                CertificateFiles.read(files, this::report).stream()
                        .flatMap(one -> one.warnings(now).stream())
                        .toList();
        try {
            ClientAuthorities.of(config.admin());
        } catch (CertificateFault e) {
            report("admin." + e.key(), String.valueOf(e.getMessage()));
        }
        try {
            TicketKeys.of(config.tls());
        } catch (CertificateFault e) {
            report("tls." + e.key(), String.valueOf(e.getMessage()));
        }
        return warnings;
    }

    private void report(String key, String text) {
        origins.place(key).ifPresent(place -> problems.add(place, key, text));
    }

    private void client(String path, ClientConfig client) {
        TlsConfig tls = client.tls();
        File trusted = new File(tls.trustFile());
        String trust = path + ".tls.trust-file";
        if (tls.verify() && isThere(trust, trusted)) {
            parse(trust, context -> context.trustManager(trusted));
        }
        File certificate = new File(tls.certificateFile());
        File key = new File(tls.keyFile());
        String shown = path + ".tls.certificate-file";
        boolean certificateThere = isThere(shown, certificate);
        boolean keyThere = isThere(path + ".tls.key-file", key);
        if (certificateThere && keyThere) {
            parse(shown, context -> context.keyManager(certificate, key));
        }
    }

    /// Whether a file that was named in this table is there; reports it when it is not.
    private boolean isThere(String key, File file) {
        Optional<Place> place = origins.place(key);
        if (place.isEmpty() || file.getPath().isEmpty()) {
            return false;
        }
        boolean there = file.isFile() && file.canRead();
        if (!there) {
            String why = file.exists() ? "can't be read" : "does not exist";
            String text = "is " + Quoted.excerpt(file.getPath()) + ", which " + why;
            problems.add(place.get(), key, text + ", must be a PEM file");
        }
        return there;
    }

    /// The way of `io.spillgate.client.connect`, which makes the contexts of the pools.
    private void parse(String key, UnaryOperator<SslContextBuilder> files) {
        try {
            files.apply(SslContextBuilder.forClient().sslProvider(SslProvider.JDK)).build();
        } catch (IllegalArgumentException | SSLException e) {
            Throwable root = e.getCause() == null ? e : e.getCause();
            origins.place(key)
                    .ifPresent(place ->
                            problems.add(
                                    place,
                                    key,
                                    "can't be used: " + Quoted.line(root.getMessage())));
        }
    }
}
