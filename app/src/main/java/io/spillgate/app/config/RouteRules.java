package io.spillgate.app.config;

import io.spillgate.config.GatewayConfig;
import io.spillgate.config.HostPort;
import io.spillgate.config.RouteConfig;
import io.spillgate.config.ServerConfig;

import java.net.IDN;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What can be said of routes: hosts that no request can have, and routes that no request reaches.
final class RouteRules {
    private static final String ANY_BELOW = "*.";
    private static final Set<String> RESERVED =
            Set.of("/__react_server_health__", "/__react_server_ready__");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._~-]+|\\[[0-9A-Fa-f:.]+]");

    /// Characters for which the older and the newer form of IDNA differ.
    private static final Pattern AMBIGUOUS = Pattern.compile("[ßς\u200c\u200d]");

    private final Origins origins;

    RouteRules(Origins origins) {
        this.origins = origins;
    }

    /// Reports hosts that can't match.
    void check(List<RouteConfig> routes, Problems problems) {
        for (int i = 0; i < routes.size(); i++) {
            String key = key(i, "host");
            Place place = place(i, "host");
            routes.get(i)
                    .host()
                    .flatMap(RouteRules::whyNoHost)
                    .ifPresent(reason -> problems.add(place, key, reason));
        }
    }

    /// Routes that are never reached, one line each.
    List<String> warnings(GatewayConfig config) {
        List<String> warnings = new ArrayList<>();
        List<RouteConfig> routes = config.routes();
        for (int i = 0; i < routes.size(); i++) {
            String prefix = place(i, "path") + ": " + key(i, "path") + ": is never reached, ";
            whoTakes(config, i).ifPresent(who -> warnings.add(prefix + who));
        }
        return warnings;
    }

    private Optional<String> whoTakes(GatewayConfig config, int index) {
        RouteConfig route = config.routes().get(index);
        if (isReserved(config.server(), route.path())) {
            return Optional.of("health checks come first");
        }
        String hub = config.hub().path();
        boolean ofTheHub = route.path().equals(hub) || route.path().startsWith(hub + "/");
        if (config.hub().enabled() && ofTheHub) {
            return Optional.of("hub.path \"" + hub + "\" comes first");
        }
        for (int i = 0; i < index; i++) {
            RouteConfig earlier = config.routes().get(i);
            if (coversPath(earlier.path(), route.path())
                    && coversHost(earlier.host(), route.host())
                    && coversRest(earlier, route)) {
                return Optional.of(
                        "routes[%d] with the path %s comes first (%s)"
                                .formatted(i, Quoted.excerpt(earlier.path()), place(i, "path")));
            }
        }
        return Optional.empty();
    }

    private static boolean isReserved(ServerConfig server, String path) {
        return RESERVED.contains(path)
                || server.healthPaths().contains(path)
                || server.readyPaths().contains(path);
    }

    /// Whether whoever fits the later one by method and fields fits the earlier one, too.
    private static boolean coversRest(RouteConfig earlier, RouteConfig later) {
        boolean methods =
                earlier.method().isEmpty()
                        || (!later.method().isEmpty()
                                && earlier.method().containsAll(later.method()));
        return methods && later.header().entrySet().containsAll(earlier.header().entrySet());
    }

    private static boolean coversPath(String earlier, String later) {
        return earlier.endsWith("*")
                ? later.startsWith(earlier.substring(0, earlier.length() - 1))
                : earlier.equals(later);
    }

    private static boolean coversHost(Optional<String> earlier, Optional<String> later) {
        if (earlier.isEmpty() || later.isEmpty()) {
            return earlier.isEmpty();
        }
        String wide = earlier.get().toLowerCase(Locale.ROOT);
        String narrow = later.get().toLowerCase(Locale.ROOT);
        if (!wide.startsWith(ANY_BELOW)) {
            return wide.equals(narrow);
        }
        String domain = wide.substring(ANY_BELOW.length());
        return narrow.equals(domain) || narrow.endsWith("." + domain);
    }

    private static Optional<String> whyNoHost(String host) {
        String name = host.startsWith(ANY_BELOW) ? host.substring(ANY_BELOW.length()) : host;
        if (HOST.matcher(name).matches()) {
            return Optional.empty();
        }
        return Optional.of("is " + Quoted.excerpt(host) + ", must be " + better(host));
    }

    private static String better(String host) {
        String name = HostPort.judgedHost(host);
        boolean hasPort = host.substring(name.length()).matches(":[0-9]*");
        if (hasPort && HOST.matcher(name).matches()) {
            return Quoted.excerpt(name) + ", a host without a port";
        }
        if (host.matches("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")) {
            return Quoted.excerpt("[" + host + "]") + ", as in a URL";
        }
        if (!host.chars().allMatch(c -> c < 0x80)) {
            return encoded(host)
                    .map(ascii -> Quoted.excerpt(ascii) + ", the form in which it is sent")
                    .orElse("in the form in which it is sent, xn--...");
        }
        return "a host, or *.example.com for a domain and all below it";
    }

    /// The form in which a host stands in DNS and in Host (RFC 5890).
    private static Optional<String> encoded(String host) {
        if (AMBIGUOUS.matcher(host).find()) {
            return Optional.empty();
        }
        boolean any = host.startsWith(ANY_BELOW);
        try {
            String ascii = IDN.toASCII(any ? host.substring(ANY_BELOW.length()) : host);
            return Optional.of((any ? ANY_BELOW : "") + ascii.toLowerCase(Locale.ROOT))
                    .filter(text -> whyNoHost(text).isEmpty());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Place place(int index, String name) {
        return origins.place(key(index, name))
                .or(() -> origins.place("routes"))
                .orElseThrow(() -> new IllegalStateException("a route that nobody set"));
    }

    private static String key(int index, String name) {
        return "routes[" + index + "]." + name;
    }
}
