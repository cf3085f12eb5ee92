package io.spillgate.app.config;

import io.spillgate.config.BindAddress;
import io.spillgate.config.Durations;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.HostOverride;
import io.spillgate.config.ServerConfig;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// What can only be said of several keys together, or of where they were set.
final class Rules {
    private static final String HOST_POOL = "host-connection-pool";

    private final Origins origins;
    private final List<String> ofCertificates = new ArrayList<>();

    Rules(Origins origins) {
        this.origins = origins;
    }

    /// Reports what can't be meant, and completes the origins; before [#warnings].
    void check(GatewayConfig config, Problems problems) {
        for (String name : config.httpDestinations().keySet()) {
            connectingTimeoutOnce(destination(name), problems);
        }
        listeners(config, problems);
        new RouteRules(origins).check(config.routes(), problems);
        ofCertificates.addAll(new TlsFiles(origins, problems).check(config));
    }

    /// What is allowed but probably not meant, one line each.
    List<String> warnings(GatewayConfig config) {
        List<String> warnings = new ArrayList<>();
        headersTimeout(config.server()).ifPresent(warnings::add);
        openRequests(HOST_POOL, config.hostConnectionPool().pool().maxOpenRequests())
                .ifPresent(warnings::add);
        List<HostOverride> overrides = config.hostConnectionPool().perHostOverride();
        for (int i = 0; i < overrides.size(); i++) {
            String path = HOST_POOL + ".per-host-override[" + i + "]";
            openRequests(path, overrides.get(i).pool().maxOpenRequests()).ifPresent(warnings::add);
        }
        new TreeMap<>(config.httpDestinations())
                .forEach((name, its) ->
                        openRequests(destination(name), its.pool().maxOpenRequests())
                                .ifPresent(warnings::add));
        warnings.addAll(new RouteRules(origins).warnings(config));
        warnings.addAll(ofCertificates);
        return warnings;
    }

    /// No two can bind one address.
    private void listeners(GatewayConfig config, Problems problems) {
        BindAddress open = config.http().bindAddress();
        BindAddress secured = config.tls().bindAddress();
        BindAddress admin = config.admin().bindAddress();
        apart("http", open, "tls", secured, problems);
        apart("http", open, "admin", admin, problems);
        apart("tls", secured, "admin", admin, problems);
    }

    private void apart(
            String one, BindAddress ofOne, String other, BindAddress ofOther, Problems problems) {
        boolean samePort = ofOne.port() == ofOther.port() && ofOne.port() > 0;
        if (!samePort || !isSameHost(ofOne.host(), ofOther.host())) {
            return;
        }
        String key = other + ".bind_address";
        String taken = one + ".bind_address";
        origins.place(key)
                .or(() -> origins.place(taken))
                .ifPresent(place ->
                        problems.add(
                                place,
                                key,
                                "is %s, which %s, %s, takes, must be another port"
                                        .formatted(ofOther, taken, ofOne)));
    }

    private static boolean isSameHost(String one, String other) {
        boolean all = one.equals("::") || other.equals("::");
        boolean allOfVersion4 = one.equals("0.0.0.0") || other.equals("0.0.0.0");
        return one.equalsIgnoreCase(other)
                || all
                || (allOfVersion4 && !one.contains(":") && !other.contains(":"));
    }

    /// In a destination the key may stand bare or in its client table.
    private void connectingTimeoutOnce(String destination, Problems problems) {
        String bare = destination + ".connecting-timeout";
        String inClient = destination + ".client.connecting-timeout";
        Optional<Place> other = origins.place(bare);
        if (other.isEmpty()) {
            return;
        }
        origins.place(inClient)
                .ifPresent(place ->
                        problems.add(
                                place,
                                inClient,
                                "is already set at "
                                        + other.get()
                                        + " as "
                                        + bare
                                        + ", must be set once"));
        origins.inherit(inClient, bare);
    }

    /// The pools that these keys come from asked for a power of two; here any number will do.
    private Optional<String> openRequests(String pool, int most) {
        String path = pool + ".max-open-requests";
        return origins.place(path)
                .filter(_ -> Integer.bitCount(most) != 1)
                .map(place ->
                        place + ": " + path + ": is " + most + ", a power of two is expected");
    }

    /// A client that uses a kept connection just before it closes would be cut off while it sends
    /// its headers.
    private Optional<String> headersTimeout(ServerConfig server) {
        Optional<Place> place =
                origins.place("server.headersTimeout")
                        .or(() -> origins.place("server.keepAliveTimeout"));
        if (place.isEmpty() || server.headersTimeout().compareTo(server.keepAliveTimeout()) > 0) {
            return Optional.empty();
        }
        return Optional.of(
                place.get()
                        + ": server.headersTimeout: is "
                        + Durations.format(server.headersTimeout())
                        + ", should be longer than server.keepAliveTimeout, "
                        + Durations.format(server.keepAliveTimeout()));
    }

    private static String destination(String name) {
        return "http-destinations." + KeyPath.literal(name);
    }
}
