package io.spillgate.client.pool;

import io.spillgate.metrics.PoolReport;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Makes the report of a pool from its ledger. Called with the pool's lock held.
final class Report {
    private static final int MAX_OUTSTANDING = 20;

    private Report() {}

    static PoolReport of(PoolSettings settings, Ledger ledger, long nowNanos) {
        int idle = ledger.endpoints().idle();
        PoolCounters counters = ledger.counters();
        return new PoolReport(
                settings.name(),
                ledger.connections().connecting(),
                idle,
                ledger.connections().open().size() - ledger.connections().streams() - idle,
                ledger.connections().streams(),
                ledger.unserved(),
                ledger.running().size(),
                counters.requests,
                counters.retries,
                counters.replays,
                counters.failures(),
                counters.waits.counts(),
                counters.waits.sumNanos(),
                addresses(ledger, nowNanos),
                outstanding(ledger, nowNanos));
    }

    private static List<PoolReport.Address> addresses(Ledger ledger, long nowNanos) {
        List<PoolReport.Address> all = new ArrayList<>();
        for (Endpoint endpoint : ledger.endpoints().all()) {
            all.add(
                    new PoolReport.Address(
                            endpoint.toString(),
                            endpoint.connections(),
                            TimeUnit.NANOSECONDS.toMillis(
                                    endpoint.backoff().remainingNanos(nowNanos)),
                            endpoint.health().isOut(nowNanos)));
        }
        return all;
    }

    private static List<PoolReport.Outstanding> outstanding(Ledger ledger, long nowNanos) {
        List<PoolReport.Outstanding> all = new ArrayList<>();
        add(all, ledger.running(), "running", nowNanos);
        ledger.lines().forEach(line -> add(all, line.waiting(), "waiting", nowNanos));
        return all;
    }

    private static String path(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    private static void add(
            List<PoolReport.Outstanding> all, WaitQueue line, String state, long nowNanos) {
        Call call = line.first();
        while (call != null && all.size() < MAX_OUTSTANDING) {
            all.add(
                    new PoolReport.Outstanding(
                            call.request().method(),
                            path(call.request().target()),
                            call.race == null ? state : "connecting",
                            TimeUnit.NANOSECONDS.toMillis(nowNanos - call.enqueuedNanos)));
            call = call.behind;
        }
    }
}
