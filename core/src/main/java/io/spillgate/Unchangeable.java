package io.spillgate;

import io.spillgate.config.GatewayConfig;

import java.util.ArrayList;
import java.util.List;

/// The keys that a reload can't change.
final class Unchangeable {
    private Unchangeable() {}

    /// One sentence for each of them that differs.
    static List<String> between(GatewayConfig before, GatewayConfig after) {
        List<String> kept = new ArrayList<>();
        compare(kept, "http.bind_address", before.http().bindAddress(), after.http().bindAddress());
        compare(kept, "http.reuse_port", before.http().reusePort(), after.http().reusePort());
        compare(
                kept,
                "http.thread_pool_size",
                before.http().threadPoolSize(),
                after.http().threadPoolSize());
        compare(kept, "http.io", before.http().io(), after.http().io());
        compare(kept, "tls.bind_address", before.tls().bindAddress(), after.tls().bindAddress());
        compare(kept, "tls.provider", before.tls().provider(), after.tls().provider());
        compare(
                kept,
                "tls.ticket_secret_file",
                before.tls().ticketSecretFile(),
                after.tls().ticketSecretFile());
        compare(kept, "TLS of the admin listener", before.admin().isTls(), after.admin().isTls());
        compare(
                kept,
                "admin.bind_address",
                before.admin().bindAddress(),
                after.admin().bindAddress());
        return kept;
    }

    private static void compare(List<String> kept, String key, Object before, Object after) {
        if (!before.equals(after)) {
            kept.add(key + " stays " + before + " until a restart, the file says " + after);
        }
    }
}
