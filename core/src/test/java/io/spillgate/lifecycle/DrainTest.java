package io.spillgate.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.concurrent.TimeUnit;

/// The wait of a shutdown. The clocks are the test's.
final class DrainTest {
    private static final long NEVER = TimeUnit.HOURS.toNanos(1);

    private final Lifecycle lifecycle = new Lifecycle();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private boolean idle;
    private @Nullable Error failure;
    private int reports;
    private int told;
    private long nowNanos;
    private final Drain drain =
            new Drain(
                    lifecycle,
                    this::isIdle,
                    this::isIdle,
                    () -> told++,
                    channel.eventLoop(),
                    () -> reports++,
                    () -> nowNanos);

    @Test
    void isOverAtOnceWhenNothingIsLeft() {
        idle = true;
        drain.begin(NEVER, 0);
        channel.runPendingTasks();
        assertThat(drain.ended()).isCompletedWithValue(true);
    }

    @Test
    void waitsUntilNothingIsLeft() {
        channel.freezeTime();
        drain.begin(NEVER, 0);
        look();
        look();
        assertThat(drain.ended()).isNotDone();
        idle = true;
        look();
        assertThat(drain.ended()).isCompletedWithValue(true);
    }

    @Test
    void reportsOnceASecondWhileSomethingIsLeft() {
        channel.freezeTime();
        drain.begin(NEVER, 0);
        for (int i = 0; i < 150; i++) {
            look();
        }
        assertThat(reports).isEqualTo(3);
        assertThat(drain.leftNanos()).isEqualTo(NEVER - TimeUnit.SECONDS.toNanos(150));
    }

    @Test
    void givesUpWhenTheTimeIsOver() {
        channel.freezeTime();
        drain.begin(TimeUnit.SECONDS.toNanos(3), 0);
        look();
        look();
        assertThat(drain.ended()).isNotDone();
        assertThat(drain.leftNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(1));
        look();
        assertThat(drain.leftNanos()).isZero();
        assertThat(drain.ended()).isCompletedWithValue(false);
    }

    @Test
    void isGoodWhenTheLastOneLeftJustInTime() {
        idle = true;
        drain.begin(0, 0);
        channel.runPendingTasks();
        assertThat(drain.ended()).isCompletedWithValue(true);
    }

    @Test
    void givesUpWhenTheGatewayIsClosed() {
        channel.freezeTime();
        drain.begin(NEVER, 0);
        look();
        assertThat(drain.ended()).isNotDone();
        lifecycle.close();
        look();
        assertThat(drain.ended()).isCompletedWithValue(false);
    }

    @Test
    void tellsNobodyInTheTimeOfGrace() {
        channel.freezeTime();
        drain.begin(NEVER, TimeUnit.SECONDS.toNanos(3));
        look();
        look();
        assertThat(told).isZero();
        look();
        assertThat(told).isOne();
        look();
        assertThat(told).isOne();
        assertThat(drain.ended()).isNotDone();
    }

    @Test
    void endsTheTimeOfGraceWhenNobodyIsThere() {
        channel.freezeTime();
        drain.begin(NEVER, NEVER / 2);
        look();
        idle = true;
        look();
        assertThat(told).isOne();
        assertThat(drain.ended()).isCompletedWithValue(true);
    }

    @Test
    void isOverInTimeWhenItCantBeSeenThatNobodyIsThere() {
        channel.freezeTime();
        failure = new OutOfMemoryError("no room to look");
        assertThatThrownBy(
                        () -> drain.begin(TimeUnit.SECONDS.toNanos(2), TimeUnit.SECONDS.toNanos(1)))
                .isSameAs(failure);
        look();
        failure = null;
        look();
        assertThat(told).isOne();
        assertThat(drain.ended()).isCompletedWithValue(false);
    }

    @Test
    void aLookThatFailsDoesNotEndTheWait() {
        channel.freezeTime();
        failure = new OutOfMemoryError("no room to look");
        drain.begin(NEVER, 0);
        look();
        failure = null;
        idle = true;
        look();
        assertThat(drain.ended()).isCompletedWithValue(true);
    }

    private boolean isIdle() {
        if (failure != null) {
            throw failure;
        }
        return idle;
    }

    /// A second goes by.
    private void look() {
        nowNanos += TimeUnit.SECONDS.toNanos(1);
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runPendingTasks();
    }
}
