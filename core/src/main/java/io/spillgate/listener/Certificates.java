package io.spillgate.listener;

import io.spillgate.config.AdminConfig;
import io.spillgate.config.Durations;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.ListenerTlsConfig;
import io.spillgate.config.TlsProvider;
import io.spillgate.config.TlsVersion;
import io.spillgate.http.tls.CertificateFault;
import io.spillgate.http.tls.CertificateFiles;
import io.spillgate.http.tls.ClientAuthorities;
import io.spillgate.http.tls.ServerCertificate;
import io.spillgate.http.tls.ServerTls;
import io.spillgate.http.tls.TicketKeys;
import io.spillgate.http.tls.TlsTerms;
import io.spillgate.net.WallClock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.File;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The certificates of all listeners, as the configuration names them. Thread safe; what reads
/// files is not for an event loop.
public final class Certificates implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

    private final WallClock clock;
    private final @Nullable ServerTls open;
    private final @Nullable ServerTls operators;
    private GatewayConfig config;
    private Map<File, Long> seen;

    /// Reads the files.
    ///
    /// @throws IllegalArgumentException when one of them can't be used
    /// @throws IllegalStateException when the provider does not work on this machine
    public Certificates(GatewayConfig config, WallClock clock) {
        this.config = config;
        this.clock = clock;
        seen = stamps(config);
        TlsTerms ofOpen = terms(config.tls());
        TlsTerms ofOperators = terms(config.admin(), config.tls());
        TicketKeys keys = keys(config.tls());
        TlsProvider provider = config.tls().provider();
        open = ofOpen == null ? null : new ServerTls(ofOpen, provider, keys, clock);
        operators = ofOperators == null ? null : new ServerTls(ofOperators, provider, keys, clock);
    }

    /// A changed configuration whose files were read.
    public final class Change {
        private final GatewayConfig before;
        private final GatewayConfig changed;
        private final Map<File, Long> read;
        private final List<ServerTls.Change> parts;

        private Change(GatewayConfig changed) {
            this.changed = changed;
            synchronized (Certificates.this) {
                before = config;
            }
            read = stamps(changed);
            TlsTerms ofOpen = open == null ? null : terms(changed.tls());
            TlsTerms ofOperators = operators == null ? null : terms(changed.admin(), changed.tls());
            parts = new ArrayList<>();
            try {
                if (open != null && ofOpen != null) {
                    parts.add(open.prepare(ofOpen));
                }
                if (operators != null && ofOperators != null) {
                    parts.add(operators.prepare(ofOperators));
                }
            } catch (RuntimeException | Error e) {
                discard();
                throw e;
            }
        }

        /// New handshakes use them; what is open goes on.
        public void apply() {
            synchronized (Certificates.this) {
                config = changed;
                seen = read;
                parts.forEach(ServerTls.Change::apply);
            }
        }

        /// The same, unless the configuration is another one by now: then that holds.
        private boolean applyIfCurrent() {
            synchronized (Certificates.this) {
                if (!config.equals(before)) {
                    discard();
                    return false;
                }
                apply();
                return true;
            }
        }

        /// Everything stays as it is.
        public void discard() {
            parts.forEach(ServerTls.Change::discard);
        }
    }

    /// Reads the files of a changed configuration.
    ///
    /// @throws IllegalArgumentException when one of them can't be used; nothing has changed then
    public Change prepare(GatewayConfig changed) {
        return new Change(changed);
    }

    /// Reads the files again if one of them has another time than when it was read. A file that
    /// can't be used changes nothing, and is told once.
    public void look() {
        GatewayConfig now;
        Map<File, Long> current;
        synchronized (this) {
            now = config;
            current = stamps(now);
            if (current.equals(seen)) {
                return;
            }
            seen = current;
        }
        try {
            if (prepare(now).applyIfCurrent()) {
                LOG.info("certificates_read files={}", current.size());
                warn();
            }
        } catch (IllegalArgumentException e) {
            LOG.error("certificates_not_read reason=\"{}\" kept=old", e.getMessage());
        }
    }

    /// Changes the keys of tickets when it is time; to be called every minute or so.
    public void rotate() {
        shown().forEach(ServerTls::rotate);
    }

    /// When the certificates end, in seconds since 1970, by their first names.
    public Map<String, Double> expiries() {
        Map<String, Double> all = new LinkedHashMap<>();
        shown().flatMap(tls -> tls.terms().certificates().stream())
                .forEach(one ->
                        all.merge(title(one), (double) one.expires().getEpochSecond(), Math::min));
        return all;
    }

    @Override
    public void close() {
        shown().forEach(ServerTls::close);
    }

    /// How clients of the public listener speak TLS; null when there is no way in that does.
    @Nullable ServerTls open() {
        return open;
    }

    /// The same of the operators' listener.
    @Nullable ServerTls operators() {
        return operators;
    }

    private Stream<ServerTls> shown() {
        return Stream.of(open, operators).flatMap(Stream::ofNullable);
    }

    private static String title(ServerCertificate certificate) {
        return certificate.names().isEmpty() ? certificate.file() : certificate.names().getFirst();
    }

    private void warn() {
        Instant now = Instant.ofEpochSecond(TimeUnit.NANOSECONDS.toSeconds(clock.epochNanos()));
        shown().flatMap(tls -> tls.terms().certificates().stream())
                .flatMap(one -> one.warnings(now).stream())
                .forEach(LOG::warn);
    }

    private static TicketKeys keys(ListenerTlsConfig tls) {
        try {
            return TicketKeys.of(tls);
        } catch (CertificateFault e) {
            throw new IllegalArgumentException("tls." + e.key() + ": " + e.getMessage(), e);
        }
    }

    private static @Nullable TlsTerms terms(ListenerTlsConfig tls) {
        if (tls.bindAddress().isOff()) {
            return null;
        }
        return new TlsTerms(
                read(CertificateFiles.of(tls)),
                tls.strictSni(),
                tls.minVersion(),
                tls.sessionTickets(),
                List.of(),
                Durations.nanos(tls.handshakeTimeout()),
                tls.maxHandshakes());
    }

    private static @Nullable TlsTerms terms(AdminConfig admin, ListenerTlsConfig tls) {
        if (admin.bindAddress().isOff() || !admin.isTls()) {
            return null;
        }
        return new TlsTerms(
                read(CertificateFiles.of(admin)),
                false,
                TlsVersion.TLS_1_2,
                false,
                authorities(admin),
                Durations.nanos(tls.handshakeTimeout()),
                tls.maxHandshakes());
    }

    private static List<ServerCertificate> read(List<CertificateFiles> files) {
        return CertificateFiles.read(
                files,
                (key, problem) -> {
                    throw new IllegalArgumentException(key + ": " + problem);
                });
    }

    private static List<X509Certificate> authorities(AdminConfig admin) {
        try {
            return ClientAuthorities.of(admin);
        } catch (CertificateFault e) {
            throw new IllegalArgumentException("admin." + e.key() + ": " + e.getMessage(), e);
        }
    }

    /// When each file was written, as the file system says; 0 when it does not.
    private static Map<File, Long> stamps(GatewayConfig config) {
        Map<File, Long> stamps = new LinkedHashMap<>();
        Stream.concat(
                        CertificateFiles.of(config.tls()).stream(),
                        CertificateFiles.of(config.admin()).stream())
                .flatMap(one -> Stream.of(one.certificateFile(), one.keyFile(), one.ocspFile()))
                .filter(name -> !name.isEmpty())
                .map(File::new)
                .forEach(file -> stamps.put(file, file.lastModified()));
        String authorities = config.admin().clientCaFile();
        if (!authorities.isEmpty()) {
            File file = new File(authorities);
            stamps.put(file, file.lastModified());
        }
        return stamps;
    }
}
