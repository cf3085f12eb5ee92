package io.spillgate.client.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.spillgate.config.DestinationConfig;
import io.spillgate.net.Faults;
import io.spillgate.net.LoopMeter;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// How long an answer may take where no time is configured for the whole. The clock is the test's.
final class ConnectionTimesTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private long nowNanos = 1000 * SECOND;
    private final ConnectionTimes times =
            new ConnectionTimes(
                    PoolSettings.of("backend", DestinationConfig.of(List.of("a:1"))),
                    new Sweeper(
                            new EmbeddedChannel().eventLoop(),
                            new LoopMeter(() -> nowNanos),
                            new Faults(() -> nowNanos, new CompletableFuture<>())));

    @Test
    void anAnswerThatGoesOnIsNeverLate() {
        long sent = nowNanos;
        for (int i = 0; i < 100; i++) {
            times.touch();
            nowNanos += 29 * SECOND;
            assertThat(times.incomplete(sent, nowNanos)).isNull();
            assertThat(times.stuck(nowNanos)).isNull();
        }
    }

    @Test
    void halfAMinuteOfSilenceIsTheEnd() {
        times.touch();
        Failure stuck = times.stuck(nowNanos + 30 * SECOND);
        assertThat(cause(stuck)).isEqualTo(PoolFailure.TIMEOUT);
        assertThat(String.valueOf(stuck)).contains("max-request-timeout is not set");
    }

    private static @Nullable PoolFailure cause(@Nullable Failure failure) {
        return failure == null ? null : failure.cause();
    }
}
