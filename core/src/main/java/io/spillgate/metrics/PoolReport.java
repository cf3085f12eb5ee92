package io.spillgate.metrics;

import java.util.List;
import java.util.Map;

/// The numbers of one pool at one moment.
///
/// @param destination the name of a destination, or host:port
/// @param connecting connections that are being opened
/// @param idle connections without a request
/// @param active connections with a request
/// @param streaming connections with an event stream or a tunnel, which is no request any more
/// @param queued requests that wait for a connection
/// @param inFlight requests on a connection
/// @param requests all requests since the start
/// @param retries requests that were sent again, since the start
/// @param replays requests that were sent again because a kept connection was stale; not among the
///   retries
/// @param failures requests that failed since the start, by cause; every cause is there, in the
///   order of the label of [PoolMetric#FAILURES]
/// @param waitCounts how many requests waited how long for a connection, by the buckets of the
///   other histograms; those that did not have to wait are in the first one
/// @param waitSumNanos all their waiting
/// @param addresses one entry for each address
/// @param outstanding the oldest requests that wait or run
public record PoolReport(
        String destination,
        int connecting,
        int idle,
        int active,
        int streaming,
        int queued,
        int inFlight,
        long requests,
        long retries,
        long replays,
        Map<? extends Enum<?>, Long> failures,
        List<Long> waitCounts,
        long waitSumNanos,
        List<Address> addresses,
        List<Outstanding> outstanding) {

    /// One address of a pool.
    ///
    /// @param address IP and port
    /// @param connections open ones, and those being opened
    /// @param backoffMillis how long it is left alone after a failed connection attempt; 0 = it is
    ///   not
    /// @param leftOut whether it failed too often and gets nothing while another one is well
    public record Address(String address, int connections, long backoffMillis, boolean leftOut) {}

    /// A request that waits or runs.
    ///
    /// @param method of the request
    /// @param target of the request, without its query
    /// @param state `waiting`, `connecting` or `running`
    /// @param ageMillis since it came to the pool
    public record Outstanding(String method, String target, String state, long ageMillis) {}
}
