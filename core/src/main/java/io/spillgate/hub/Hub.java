package io.spillgate.hub;

import io.netty.channel.EventLoop;
import io.spillgate.log.Logs;
import io.spillgate.metrics.Metrics;
import io.spillgate.net.Loops;
import io.spillgate.net.PerLoop;
import io.spillgate.net.Work;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// All open event streams: one [Shard] for each event loop, fed by the same [Logs].
public final class Hub {
    /// Up to this many streams end at once when the gateway goes; more are spread.
    private static final int STREAMS_ENDED_AT_ONCE = 1000;

    private static final long EXPIRE_MILLIS = 100;

    private final WatchedTopics watched;
    private final PerLoop<Shard> shards;

    /// A hub without streams. Begins its regular work on the loops.
    ///
    /// @param maxWatchedTopics topics of all subscribers together
    public Hub(Loops loops, Logs logs, Metrics metrics, StreamTimes times, int maxWatchedTopics) {
        watched = new WatchedTopics(maxWatchedTopics);
        shards =
                new PerLoop<>(
                        loops,
                        number ->
                                new Shard(
                                        loops.all().get(number),
                                        loops.meters().get(number),
                                        loops.wallClock(),
                                        loops.faults(),
                                        logs,
                                        metrics.cells(number),
                                        times,
                                        watched));
        onLoops(Shard::start);
        EventLoop first = loops.all().getFirst();
        first.scheduleAtFixedRate(
                loops.faults().periodic(loops.meter(first).as(Work.TIMERS, logs::expire)),
                EXPIRE_MILLIS,
                EXPIRE_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /// The shard of the loop with this number.
    public Shard shard(int loop) {
        return shards.at(loop);
    }

    /// Open streams.
    public int streams() {
        return shards.all().stream().mapToInt(Shard::streamCount).sum();
    }

    /// Events that wait for the subscriber that is furthest behind.
    public long deepestQueue() {
        return shards.all().stream().mapToLong(Shard::deepestQueue).max().orElse(0);
    }

    /// Events that wait, over all subscribers.
    public long totalQueued() {
        return shards.all().stream().mapToLong(Shard::totalQueued).sum();
    }

    /// Room for the topics of one more subscriber, to be taken before [Shard#open].
    public WatchedTopics watchedTopics() {
        return watched;
    }

    /// Takes over changed settings.
    public void apply(StreamTimes times, int maxWatchedTopics) {
        watched.limit(maxWatchedTopics);
        onLoops(shard -> shard.times(times));
    }

    /// Closes all streams at once.
    public void abort() {
        onLoops(Shard::abort);
    }

    /// Tells every client that the gateway goes and ends its stream; many are spread over
    /// `mostNanos`.
    public void drain(long mostNanos) {
        long spread = streams() > STREAMS_ENDED_AT_ONCE ? mostNanos : 0;
        onLoops(shard -> shard.drain(spread));
    }

    /// One loop that has ended does not keep the others from it.
    private void onLoops(Consumer<Shard> task) {
        shards.all().forEach(shard -> Loops.execute(shard.loop(), () -> task.accept(shard)));
    }
}
