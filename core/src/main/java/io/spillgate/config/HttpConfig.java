package io.spillgate.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// `[http]`: the public listener, its limits and the event streams' queue (RevenProx).
///
/// @param bindAddress where the public listener binds
/// @param reusePort whether other processes of the same user may bind the same address beside this
///   one (`SO_REUSEPORT`), as the next one does at a restart
/// @param maxConnections client connections held at once; the next one is answered 503
/// @param connectionTimeoutSec a connection with no byte read and no write completed for this long
///   is closed
/// @param keepaliveIntervalSec silence on a stream after which a comment is sent; 0 = off
/// @param maxMessageQueueSize events that may wait for one connection
/// @param backpressurePolicy what happens when that many wait
/// @param threadPoolSize event loops; 0 = available processors
/// @param maxRequestLineSize bytes of the request line, without CRLF
/// @param maxHeaderSize bytes of one header line, without CRLF
/// @param maxHeaders number of header lines
/// @param limitStatus the status for what exceeds the three limits above
/// @param maxBodySize bytes of a publish body, and of one event of an endless one
/// @param inputMemory bytes that unfinished requests of all connections hold; 0 = an eighth of the
///   process's heap
/// @param rateLimitPerIp requests in any window, for one client address; 0 = off
/// @param rateLimitWindowSec length of that window
/// @param trustedProxies networks (CIDR) whose forwarding headers are believed
/// @param forwardedHeader the family of forwarding headers that they are believed
/// @param cors the keys of [CorsConfig]
/// @param io the kernel interface of the event loops
public record HttpConfig(
        BindAddress bindAddress,
        boolean reusePort,
        int maxConnections,
        @Bare(ChronoUnit.SECONDS) Duration connectionTimeoutSec,
        @Bare(ChronoUnit.SECONDS) Duration keepaliveIntervalSec,
        int maxMessageQueueSize,
        OverflowPolicy backpressurePolicy,
        int threadPoolSize,
        ByteSize maxRequestLineSize,
        ByteSize maxHeaderSize,
        int maxHeaders,
        LimitStatus limitStatus,
        ByteSize maxBodySize,
        ByteSize inputMemory,
        int rateLimitPerIp,
        @Bare(ChronoUnit.SECONDS) Duration rateLimitWindowSec,
        List<String> trustedProxies,
        ForwardedHeader forwardedHeader,
        @Inline CorsConfig cors,
        IoMode io) {

    /// The largest head of a request, all lines together, in bytes.
    public static final int MAX_HEAD_SIZE = 64 * 1024;

    /// The smallest bound of unfinished input, in bytes.
    public static final long LEAST_INPUT_MEMORY = ByteSize.MIB;

    /// What holds for every key that is not set.
    public static final HttpConfig DEFAULT =
            new HttpConfig(
                    new BindAddress("0.0.0.0", 8080),
                    false,
                    100_000,
                    Duration.ofSeconds(300),
                    Duration.ofSeconds(25),
                    1000,
                    OverflowPolicy.DROP_NEWEST,
                    0,
                    new ByteSize(8192),
                    new ByteSize(8192),
                    100,
                    LimitStatus.SEED,
                    ByteSize.mebibytes(1),
                    new ByteSize(0),
                    0,
                    Duration.ofSeconds(60),
                    List.of(),
                    ForwardedHeader.X_FORWARDED_FOR,
                    CorsConfig.DEFAULT,
                    IoMode.AUTO);

    public HttpConfig {
        if (bindAddress.isOff()) {
            throw new InvalidValue(
                    "bindAddress", "is off, must be host:port; only the admin listener can be off");
        }
        Require.between("maxConnections", maxConnections, 1, 10_000_000);
        Require.atLeast("connectionTimeoutSec", connectionTimeoutSec, Duration.ofSeconds(1));
        Require.atLeast("keepaliveIntervalSec", keepaliveIntervalSec, Duration.ZERO);
        Require.between("maxMessageQueueSize", maxMessageQueueSize, 1, 1_000_000);
        Require.between("threadPoolSize", threadPoolSize, 0, 1024);
        Require.bytesBetween("maxRequestLineSize", maxRequestLineSize, 16, MAX_HEAD_SIZE);
        Require.bytesBetween("maxHeaderSize", maxHeaderSize, 16, MAX_HEAD_SIZE);
        Require.between("maxHeaders", maxHeaders, 1, 10_000);
        Require.bytesBetween("maxBodySize", maxBodySize, 1, 256 * ByteSize.MIB);
        requireRoom(inputMemory, maxBodySize);
        Require.between("rateLimitPerIp", rateLimitPerIp, 0, 1_000_000);
        Require.atLeast("rateLimitWindowSec", rateLimitWindowSec, Duration.ofMillis(1));
        trustedProxies = List.copyOf(trustedProxies);
        trustedProxies.forEach(network -> Network.parse("trustedProxies", network));
    }

    /// The same, but with the keys of a running gateway that can't change.
    public HttpConfig keeping(HttpConfig running) {
        return on(running.bindAddress, running.reusePort, running.threadPoolSize, running.io);
    }

    /// The same, bound elsewhere.
    HttpConfig at(BindAddress address) {
        return on(address, reusePort, threadPoolSize, io);
    }

    private HttpConfig on(BindAddress address, boolean reuse, int threads, IoMode mode) {
        return new HttpConfig(
                address,
                reuse,
                maxConnections,
                connectionTimeoutSec,
                keepaliveIntervalSec,
                maxMessageQueueSize,
                backpressurePolicy,
                threads,
                maxRequestLineSize,
                maxHeaderSize,
                maxHeaders,
                limitStatus,
                maxBodySize,
                inputMemory,
                rateLimitPerIp,
                rateLimitWindowSec,
                trustedProxies,
                forwardedHeader,
                cors,
                mode);
    }

    private static void requireRoom(ByteSize inputMemory, ByteSize maxBodySize) {
        long least = Math.max(LEAST_INPUT_MEMORY, 2 * maxBodySize.bytes());
        if (inputMemory.bytes() > 0 && inputMemory.bytes() < least) {
            throw new InvalidValue(
                    "inputMemory",
                    "is "
                            + inputMemory
                            + ", must be 0 or at least "
                            + new ByteSize(least)
                            + ", which is 1MiB or twice max_body_size");
        }
    }
}
