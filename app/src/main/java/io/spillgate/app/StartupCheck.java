package io.spillgate.app;

import io.spillgate.config.ByteSize;
import io.spillgate.config.Durations;
import io.spillgate.config.GatewayConfig;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/// Compares what the configuration promises with what the machine allows (the guide to SSE
/// connection pools).
final class StartupCheck {
    /// Descriptors that are not for clients: listeners, event loops, files, jars (the guide to SSE
    /// connection pools).
    private static final int OTHER_DESCRIPTORS = 200;

    /// What one held stream takes of the heap, roughly and on the safe side.
    private static final long HEAP_BYTES_PER_CONNECTION = 4 * ByteSize.KIB;

    /// The heap that everything but streams and logs of topics needs.
    private static final long HEAP_BYTES_FIXED = 48 * ByteSize.MIB;

    /// The silence after which common proxies cut a connection (nginx `proxy_read_timeout`), and
    /// the idle time after which they drop one to a backend (nginx `keepalive_timeout` of an
    /// upstream).
    private static final Duration PROXY_PATIENCE = Duration.ofSeconds(60);

    /// The most that the kernel keeps in these queues usefully (the guide to SSE connection pools).
    private static final long LARGEST_BACKLOG = 65_535;

    private static final int USUAL_PORTS = 28_232;

    private final GatewayConfig config;
    private final SystemFacts facts;

    private StartupCheck(GatewayConfig config, SystemFacts facts) {
        this.config = config;
        this.facts = facts;
    }

    /// Every check, in the order in which a growing gateway meets the limits.
    static List<Check> run(GatewayConfig config, SystemFacts facts) {
        StartupCheck check = new StartupCheck(config, facts);
        List<Check> all = new ArrayList<>();
        all.add(check.descriptors());
        all.add(check.fileMax());
        all.add(check.backlog("accept queue", "net.core.somaxconn", facts.somaxconn()));
        all.add(check.backlog("syn queue", "net.ipv4.tcp_max_syn_backlog", facts.synBacklog()));
        all.add(check.ports());
        all.add(check.heap());
        all.add(check.directMemory());
        all.add(check.memory());
        all.add(check.silence());
        all.add(check.idleRequests());
        return all;
    }

    private Check descriptors() {
        String subject = "descriptors";
        if (facts.descriptors().isEmpty()) {
            return Check.notChecked(subject, "descriptor limit");
        }
        long limit = facts.descriptors().getAsLong();
        long needed = descriptorsNeeded();
        String promise = "http.max_connections = " + config.http().maxConnections();
        if (limit >= needed) {
            return Check.ok(subject, count(limit) + " may be open, enough for " + promise);
        }
        long hard = facts.descriptorsHard().orElse(limit);
        String message =
                "%s may be open (hard limit %s), %s needs %d"
                        .formatted(count(limit), count(hard), promise, needed);
        if (hard >= needed) {
            return Check.warn(subject, message, "ulimit -n " + needed);
        }
        return Check.warn(
                subject,
                message,
                "as root: ulimit -n %1$d; with systemd: LimitNOFILE=%1$d; with docker: --ulimit nofile=%1$d"
                        .formatted(needed));
    }

    private Check fileMax() {
        String subject = "open files";
        if (facts.fileMax().isEmpty()) {
            return Check.notChecked(subject, "fs.file-max");
        }
        long limit = facts.fileMax().getAsLong();
        String message = "fs.file-max lets all processes together open " + count(limit);
        return limit >= descriptorsNeeded()
                ? Check.ok(subject, message)
                : Check.warn(
                        subject,
                        message + ", http.max_connections alone needs " + descriptorsNeeded(),
                        "sudo sysctl -w fs.file-max=" + 2 * descriptorsNeeded());
    }

    private Check backlog(String subject, String key, OptionalLong value) {
        if (value.isEmpty()) {
            return Check.notChecked(subject, key);
        }
        long atOnce = Math.min(LARGEST_BACKLOG, config.http().maxConnections() / 10);
        String message = key + " is " + value.getAsLong();
        if (value.getAsLong() >= atOnce) {
            return Check.ok(subject, message);
        }
        return Check.warn(
                subject,
                message
                        + ": too few when a tenth of "
                        + config.http().maxConnections()
                        + " clients connects at once, as after a restart",
                "sudo sysctl -w " + key + "=" + LARGEST_BACKLOG);
    }

    private Check ports() {
        String subject = "local ports";
        if (facts.ports().isEmpty()) {
            return Check.notChecked(subject, "net.ipv4.ip_local_port_range");
        }
        SystemFacts.PortRange ports = facts.ports().get();
        String message =
                "%d to %d: %d connections to one backend address, or from one load generator"
                        .formatted(ports.first(), ports.last(), ports.count());
        return ports.count() >= USUAL_PORTS
                ? Check.ok(subject, message)
                : Check.warn(
                        subject,
                        message + ", less than usual",
                        "sudo sysctl -w net.ipv4.ip_local_port_range=\"10240 65535\"");
    }

    private Check heap() {
        String subject = "heap";
        long streams = config.http().maxConnections() * HEAP_BYTES_PER_CONNECTION;
        long configured = config.hub().memory().bytes();
        long events = configured == 0 ? facts.heapBytes() / 4 : configured;
        long needed = HEAP_BYTES_FIXED + streams + events;
        String message = "may grow to " + mebibytes(facts.heapBytes());
        if (facts.heapBytes() >= needed) {
            return Check.ok(subject, message);
        }
        long better = configured == 0 ? (HEAP_BYTES_FIXED + streams) * 4 / 3 : needed;
        return Check.warn(
                subject,
                "%s, %d connections and the hub's events may need %s"
                        .formatted(message, config.http().maxConnections(), mebibytes(needed)),
                "SPILLGATE_JAVA_OPTS=-Xmx" + (better / ByteSize.MIB + 1) + "m");
    }

    /// Its limit is the heap's unless it is set.
    private Check directMemory() {
        String subject = "direct memory";
        long limit = facts.directBytes();
        if (limit == 0) {
            return Check.ok(subject, "without a limit of its own (io.netty.maxDirectMemory=0)");
        }
        return Check.ok(
                subject,
                "up to "
                        + mebibytes(limit)
                        + " beside the heap, for what is read and not yet worked at, and for what"
                        + " waits for sockets (-XX:MaxDirectMemorySize)");
    }

    private Check memory() {
        String subject = "memory";
        String message =
                mebibytes(facts.memoryBytes()) + " for heap, kernel buffers and everything else";
        if (facts.heapBytes() <= facts.memoryBytes() / 4 * 3) {
            return Check.ok(subject, message);
        }
        return Check.warn(
                subject,
                "%s, of which the heap may take %s: the kernel may end the process"
                        .formatted(message, mebibytes(facts.heapBytes())),
                "SPILLGATE_JAVA_OPTS=-Xmx" + facts.memoryBytes() / 2 / ByteSize.MIB + "m");
    }

    private Check silence() {
        String subject = "silent streams";
        Duration interval = config.http().keepaliveIntervalSec();
        String message = "http.keepalive_interval_sec is " + Durations.format(interval);
        if (!interval.isZero() && interval.compareTo(PROXY_PATIENCE) < 0) {
            return Check.ok(subject, message + ", proxies wait " + seconds(PROXY_PATIENCE));
        }
        return Check.warn(
                subject,
                message + ": a proxy cuts a stream that is silent for " + seconds(PROXY_PATIENCE),
                "--set http.keepalive_interval_sec=25, or a longer proxy_read_timeout in the"
                        + " proxy");
    }

    private Check idleRequests() {
        String subject = "idle connections";
        Duration timeout = config.server().keepAliveTimeout();
        String message = "server.keepAliveTimeout is " + Durations.format(timeout);
        if (timeout.compareTo(PROXY_PATIENCE) > 0) {
            return Check.ok(subject, message + ", proxies keep theirs " + seconds(PROXY_PATIENCE));
        }
        return Check.warn(
                subject,
                message
                        + ": a proxy that keeps connections for "
                        + seconds(PROXY_PATIENCE)
                        + " sends requests into closed ones",
                "--set server.keepAliveTimeout=65s");
    }

    private long descriptorsNeeded() {
        return (long) config.http().maxConnections() + OTHER_DESCRIPTORS;
    }

    private static String count(long n) {
        return n == Long.MAX_VALUE ? "any number" : String.valueOf(n);
    }

    private static String seconds(Duration duration) {
        return duration.toSeconds() + " s";
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%d MiB", bytes / ByteSize.MIB);
    }
}
