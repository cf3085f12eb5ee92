package io.spillgate;

import com.sun.management.UnixOperatingSystemMXBean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.lang.management.ManagementFactory;

/// The limit of open files, which caps the connections.
final class Descriptors {
    private static final Logger LOG = LoggerFactory.getLogger(Descriptors.class);

    /// Kept back for listeners, logs and backends (the guide to SSE connection pools).
    private static final int RESERVED = 200;

    private Descriptors() {}

    /// Files that may be open besides so many connections.
    static int spare(int connections) {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof UnixOperatingSystemMXBean system
                ? (int)
                        Math.clamp(
                                system.getMaxFileDescriptorCount() - connections,
                                0L,
                                Integer.MAX_VALUE)
                : Integer.MAX_VALUE;
    }

    /// The connections that can be held, with a warning when that is less than wanted.
    static int clamp(int wanted) {
        if (!(ManagementFactory.getOperatingSystemMXBean()
                instanceof UnixOperatingSystemMXBean system)) {
            return wanted;
        }
        long limit = system.getMaxFileDescriptorCount();
        int most = Math.clamp(limit - RESERVED, 1, Integer.MAX_VALUE);
        if (wanted > most) {
            LOG.warn(
                    "connections_clamped max_connections={} to={} descriptor_limit={} fix=\"ulimit"
                            + " -n {}\"",
                    wanted,
                    most,
                    limit,
                    wanted + RESERVED);
        }
        return Math.min(wanted, most);
    }
}
