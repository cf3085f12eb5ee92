package io.spillgate.listener;

import io.spillgate.config.Durations;
import io.spillgate.config.GatewayConfig;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/// Who may publish on a listener, and how much at once.
///
/// @param open whether anyone may, as on the admin listener
/// @param tokens bearer tokens that may
/// @param maxBodyBytes of one event
/// @param blockNanos longest wait for subscribers that are full
record PublishPolicy(boolean open, List<String> tokens, int maxBodyBytes, long blockNanos) {
    private static final String SCHEME = "bearer ";

    static PublishPolicy of(GatewayConfig config, boolean open) {
        return new PublishPolicy(
                open,
                config.hub().publishTokens(),
                Math.toIntExact(config.http().maxBodySize().bytes()),
                Durations.nanos(config.hub().blockTimeout()));
    }

    /// Whether publishing is possible at all.
    boolean isEnabled() {
        return open || !tokens.isEmpty();
    }

    /// Whether the value of an Authorization header permits publishing. Takes the same time for
    /// every wrong token of a length (RFC 6750 section 2.1 for the form).
    boolean permits(@Nullable String authorization) {
        if (open) {
            return true;
        }
        if (authorization == null
                || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        byte[] given =
                authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8);
        boolean found = false;
        for (String token : tokens) {
            found |= MessageDigest.isEqual(given, token.getBytes(StandardCharsets.UTF_8));
        }
        return found;
    }
}
