package io.spillgate.listener;

import io.spillgate.http.ServerStream;
import io.spillgate.hub.StreamAccount;
import io.spillgate.hub.StreamEnd;
import io.spillgate.limits.TrustedProxies;
import io.spillgate.metrics.Counter;
import io.spillgate.metrics.Handler;

import java.util.function.LongSupplier;

/// Counts what an event stream of the hub gets, for the line of the access log at its end. Confined
/// to the stream's loop.
final class StreamLine implements StreamAccount {
    private final ServerStream stream;
    private final TrustedProxies proxies;
    private final LongSupplier nanoTime;
    private long bytes;
    private long events;

    StreamLine(ServerStream stream, TrustedProxies proxies, LongSupplier nanoTime) {
        this.stream = stream;
        this.proxies = proxies;
        this.nanoTime = nanoTime;
    }

    @Override
    public void sent(long more) {
        bytes += more;
    }

    @Override
    public void delivered(int more) {
        events += more;
    }

    @Override
    public void ended(StreamEnd why) {
        assert stream.loop().inEventLoop();
        long ageNanos = nanoTime.getAsLong() - stream.startNanos();
        AccessLog.writeEnd(
                stream, proxies, Handler.SUBSCRIBE, Counter.label(why), ageNanos, events, bytes);
    }
}
