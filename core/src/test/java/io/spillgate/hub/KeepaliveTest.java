package io.spillgate.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.spillgate.http.TestPlace;
import io.spillgate.log.LogLimits;
import io.spillgate.log.Logs;
import io.spillgate.log.Rules;
import io.spillgate.metrics.Metrics;
import io.spillgate.net.LoopMeter;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/// When silent streams get their comments. The clock is the test's.
final class KeepaliveTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long INTERVAL = 16 * SECOND;
    private static final long VISIT = SECOND / 8;
    private static final int STREAMS = 400;
    private static final String COMMENT = ": keepalive\n\n";

    private long nowNanos = 1000 * SECOND;
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Logs logs = Rules.DEFAULT.logs(new LogLimits(Rules.MUCH, 10), () -> nowNanos);
    private final Shard shard =
            new Shard(
                    channel.eventLoop(),
                    new LoopMeter(() -> nowNanos),
                    Rules.clock(() -> nowNanos),
                    Socket.FAULTS,
                    logs,
                    new Metrics(1).cells(0),
                    new StreamTimes(INTERVAL, 1000 * INTERVAL, SECOND, 1),
                    new WatchedTopics(STREAMS));
    private final List<TestPlace> places = new ArrayList<>();
    private final List<Subscriber> streams = new ArrayList<>();

    @Test
    void comeAtLeastOnceAnIntervalAndNotMuchMoreOften() {
        open(1);
        int silent = 0;
        int longest = 0;
        for (int i = 0; i < 100 * INTERVAL / VISIT; i++) {
            boolean written = pass() > 0;
            silent = written ? 0 : silent + 1;
            longest = Math.max(longest, silent);
        }
        assertThat(longest * VISIT).isBetween(INTERVAL - 2 * VISIT, INTERVAL * 17 / 16 + VISIT);
        assertThat(comments(places.getFirst())).isBetween(99, 101);
    }

    @Test
    void areSpreadAlsoForStreamsThatWereOpenedTogether() {
        open(STREAMS);
        assertThat(mostInAnEighth()).isLessThan(STREAMS / 2);
    }

    @Test
    void areSpreadAgainAfterAnEventForAll() {
        open(STREAMS);
        mostInAnEighth();
        logs.offer("t", Rules.event("x"), 0, Rules::nobody);
        channel.runPendingTasks();
        assertThat(places).allMatch(place -> place.text().contains("data: x\n"));
        assertThat(mostInAnEighth()).isLessThan(STREAMS / 2);
    }

    @Test
    void areNotSentToAStreamThatIsNotSilent() {
        open(1);
        for (int i = 0; i < 4 * INTERVAL / VISIT; i++) {
            pass();
            if (i % (INTERVAL / VISIT / 4) == 0) {
                logs.offer("t", Rules.event("x"), 0, Rules::nobody);
                channel.runPendingTasks();
            }
        }
        assertThat(comments(places.getFirst())).isZero();
    }

    /// How many comments came in the busiest eighth of an interval, over three intervals.
    private int mostInAnEighth() {
        int most = 0;
        for (int eighth = 0; eighth < 24; eighth++) {
            int comments = 0;
            for (int i = 0; i < INTERVAL / 8 / VISIT; i++) {
                comments += pass();
            }
            most = Math.max(most, comments);
        }
        return most;
    }

    /// Visits all streams; says how many were written to.
    private int pass() {
        nowNanos += VISIT;
        int written = 0;
        for (int i = 0; i < streams.size(); i++) {
            int before = places.get(i).text().length();
            streams.get(i).visit(nowNanos);
            written += places.get(i).text().length() > before ? 1 : 0;
        }
        return written;
    }

    private void open(int count) {
        List<String> topics = List.of("t");
        for (int i = 0; i < count; i++) {
            TestPlace place = new TestPlace().take(1 << 30);
            places.add(place);
            streams.add(
                    shard.open(
                            place,
                            SseWire.BARE,
                            topics,
                            logs.join(shard.reader(), topics, null),
                            () -> {}));
        }
    }

    private static int comments(TestPlace place) {
        return (place.text().length() - place.text().replace(COMMENT, "").length())
                / COMMENT.length();
    }
}
