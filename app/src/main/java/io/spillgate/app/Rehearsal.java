package io.spillgate.app;

import io.spillgate.Gateway;
import io.spillgate.app.config.ConfigException;
import io.spillgate.app.config.ConfigReader;
import io.spillgate.client.EventSource;
import io.spillgate.client.HttpClient;
import io.spillgate.client.Request;
import io.spillgate.config.GatewayConfig;
import io.spillgate.http.tls.CertificateFault;
import io.spillgate.http.tls.CertificateFiles;
import io.spillgate.http.tls.ServerCertificate;
import io.spillgate.net.AddressText;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// A gateway that serves itself for a moment, on a port of the loopback address, before the real
/// one listens: so nothing is loaded, linked or resolved for the first time on a loop that has
/// clients. What it counts and holds is its own, and gone with it.
///
/// Without it the first request took half a second, and the first scrape of the metrics three times
/// as long, in which the loop served nobody else.
final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final long LONGEST_SECONDS = 5;
    private static final byte[] BODY = "rehearsal".getBytes(StandardCharsets.US_ASCII);

    private final HttpClient http;
    private final String site;
    private final String admin;
    private final Optional<String> secured;

    private Rehearsal(HttpClient http, Gateway gateway) {
        this.http = http;
        site = "http://" + AddressText.of(gateway.httpAddress());
        admin = "http://" + AddressText.of(gateway.adminAddress().orElseThrow());
        secured = gateway.httpsAddress().map(address -> "https://" + AddressText.of(address));
    }

    /// Blocks until it is over, for 5 s at most. Nobody depends on its success. The system property
    /// `spillgate.rehearsal=false` leaves it out, for who starts many gateways.
    ///
    /// @param real what the real one will run with
    static void run(GatewayConfig real) {
        if (!Boolean.parseBoolean(System.getProperty("spillgate.rehearsal", "true"))) {
            return;
        }
        long start = System.nanoTime();
        try {
            run(keys(real));
            LOG.debug("rehearsed millis={}", (System.nanoTime() - start) / 1_000_000);
        } catch (IOException
                | CertificateFault
                | ConfigException
                | IllegalArgumentException
                | IllegalStateException
                | CompletionException e) {
            LOG.debug("rehearsal_failed", e);
        }
    }

    private static void run(List<String> keys) throws IOException, ConfigException {
        GatewayConfig config = config(keys, "");
        try (Gateway gateway =
                        Gateway.start(
                                config, () -> new Gateway.Reloaded(false, List.of("a rehearsal")));
                HttpClient http = HttpClient.open(config.hostConnectionPool(), Map.of())) {
            gateway.apply(config(keys, routes(gateway.httpAddress())));
            Rehearsal rehearsal = new Rehearsal(http, gateway);
            CompletableFuture.allOf(
                            CompletableFuture.runAsync(rehearsal::serve),
                            CompletableFuture.runAsync(rehearsal::operate))
                    .orTimeout(LONGEST_SECONDS, TimeUnit.SECONDS)
                    .join();
        }
    }

    private void serve() {
        answers("GET", site + "/fixed");
        answers("HEAD", site + "/fixed");
        answers("GET", site + "/unknown");
        preflight(site + "/events/rehearsal");
        answers("GET", site + "/proxied/fixed");
        answers("POST", site + "/proxied/fixed");
        receives(site + "/events/rehearsal");
        receives(site + "/proxied/events/rehearsal");
        secured.ifPresent(place -> {
            answers("GET", place + "/fixed");
            receives(place + "/events/rehearsal");
        });
    }

    private void operate() {
        answers("GET", admin + "/ready");
        answers("GET", admin + "/stats");
        answers("GET", admin + "/metrics");
    }

    private void answers(String method, String url) {
        Request request = Request.of(method, URI.create(url));
        http.send(method.equals("POST") ? request.body(BODY) : request).join();
    }

    /// What a browser asks before it lets a page of another origin do something.
    private void preflight(String url) {
        http.send(
                        Request.of("OPTIONS", URI.create(url))
                                .header("Origin", "http://localhost")
                                .header("Access-Control-Request-Method", "GET"))
                .join();
    }

    private void receives(String url) {
        CompletableFuture<Void> first = new CompletableFuture<>();
        URI topic = URI.create(admin + "/events/rehearsal");
        EventSource source =
                EventSource.of(URI.create(url + "?last_event_id=earliest"))
                        .open(http, event -> first.complete(null));
        http.send(Request.post(topic, BODY)).join();
        first.join();
        source.close();
    }

    /// The keys that make a small gateway of the same kind.
    private static List<String> keys(GatewayConfig real) throws CertificateFault {
        List<String> keys =
                new ArrayList<>(
                        List.of(
                                "http.bind_address=127.0.0.1:0",
                                "admin.bind_address=127.0.0.1:0",
                                "http.max_connections=100",
                                "http.thread_pool_size=1",
                                "http.cors_allowed_origins=*",
                                "http.io=" + real.http().io()));
        List<CertificateFiles> files = CertificateFiles.of(real.tls());
        if (!files.isEmpty()) {
            CertificateFiles first = files.getFirst();
            List<String> names =
                    ServerCertificate.read(first.certificateFile(), first.keyFile(), "").names();
            String name = names.isEmpty() ? "" : names.getFirst().replaceFirst("^\\*", "any");
            String client = "host-connection-pool.client.tls.";
            keys.add("tls.bind_address=127.0.0.1:0");
            keys.add("tls.provider=" + real.tls().provider());
            keys.add("tls.certificate_file=" + first.certificateFile());
            keys.add("tls.key_file=" + first.keyFile());
            keys.add(client + "trust-file=" + first.certificateFile());
            keys.add(client + "server-name=" + name);
        }
        return keys;
    }

    private static GatewayConfig config(List<String> keys, String routes) throws ConfigException {
        List<String> sets = new ArrayList<>(keys);
        if (!routes.isEmpty()) {
            sets.add("routes=" + routes);
        }
        return ConfigReader.read(Optional.empty(), sets, Map.of()).config();
    }

    private static String routes(InetSocketAddress self) {
        return """
        [{path="/fixed", reply={body="x", status=201}}, \
        {path="/proxied/*", proxy="http://%s", strip_prefix=true}]\
        """
                .formatted(AddressText.of(self));
    }
}
