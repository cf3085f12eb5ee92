package io.spillgate.listener;

import io.netty.util.NetUtil;
import io.spillgate.config.HostPort;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// By what hosts the admin listener may be called: an IP address, localhost, and names that the
/// configuration lists.
///
/// Any other name may be one that somebody's DNS points here, so that a page of theirs is of the
/// same origin as this listener for a browser (DNS rebinding). An address can't be pointed
/// elsewhere. Immutable, any thread.
///
/// @param names in lower case, without a final dot
record OwnHosts(Set<String> names) {
    private static final String LOCALHOST = "localhost";

    static OwnHosts of(List<String> names) {
        return new OwnHosts(
                names.stream()
                        .map(HostPort::comparableHost)
                        .collect(Collectors.toUnmodifiableSet()));
    }

    /// The host and port that a request asks for; null when it says none, as HTTP/1.0 may.
    ///
    /// @param uri the target as it came; its authority is that of Host where there are both
    static @Nullable String asked(String uri, @Nullable String host) {
        int authority = uri.indexOf("://") + 3;
        if (host != null || uri.startsWith("/") || authority < 3) {
            return host;
        }
        return authority(uri, authority);
    }

    /// Whether a host, with or without a port, is this listener's.
    boolean include(String hostAndPort) {
        String host = HostPort.comparableHost(hostAndPort);
        return host.equals(LOCALHOST)
                || NetUtil.isValidIpV4Address(host)
                || (host.startsWith("[") && NetUtil.isValidIpV6Address(host))
                || names.contains(host);
    }

    /// Whether a page of this origin is this listener's own: it came from where the request goes
    /// to, or from one of the listed names.
    ///
    /// @param origin as in the header Origin (RFC 6454 section 6.1)
    /// @param scheme by which the request came
    /// @param asked what the request asks for, null when it says nothing
    boolean own(String origin, String scheme, @Nullable String asked) {
        if (asked != null && origin.equalsIgnoreCase(scheme + "://" + asked)) {
            return include(asked);
        }
        int authority = origin.indexOf("://") + 3;
        return authority >= 3
                && names.contains(HostPort.comparableHost(authority(origin, authority)));
    }

    private static String authority(String uri, int from) {
        int end = from;
        while (end < uri.length() && "/?#".indexOf(uri.charAt(end)) < 0) {
            end++;
        }
        return uri.substring(from, end);
    }
}
