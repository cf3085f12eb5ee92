package io.spillgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

class WorkTimeTest {
    private static final long START = Long.MAX_VALUE - 5000; // it wraps around

    private final AtomicLong nanoTime = new AtomicLong(START);
    private final AtomicLong looks = new AtomicLong();
    private final WorkTime time = new WorkTime(this::look);

    @Test
    void aLoopWaitsUntilItsFirstTurn() {
        pass(7);

        assertSpent(Map.of(Work.IDLE, 7L));
    }

    @Test
    void addsUpTheWaitsAndNothingElse() {
        time.waitEnds();
        for (int wait : new int[] {3, 0, 20}) {
            pass(1000);
            time.waitBegins();
            pass(wait);
            time.waitEnds();
        }
        pass(1000);

        assertSpent(Map.of(Work.IDLE, 23L, Work.OTHER, 4000L));
    }

    @Test
    void countsAWaitThatHasNotEnded() {
        time.waitEnds();
        pass(50);
        time.waitBegins();
        pass(4);
        assertSpent(Map.of(Work.IDLE, 4L, Work.OTHER, 50L));
        pass(6);
        assertSpent(Map.of(Work.IDLE, 10L, Work.OTHER, 50L));
    }

    @Test
    void aWaitThatIsAnnouncedTwiceBeganTheFirstTime() {
        time.waitEnds();
        time.waitBegins();
        pass(5);
        time.waitBegins();
        pass(5);
        time.waitEnds();

        assertSpent(Map.of(Work.IDLE, 10L));
    }

    @Test
    void workThatIsAnnouncedTwiceBeganTheFirstTime() {
        pass(5);
        time.waitEnds();
        pass(100);
        time.waitEnds();
        pass(100);

        assertSpent(Map.of(Work.IDLE, 5L, Work.OTHER, 200L));
    }

    @Test
    void whatBlocksTheLoopGrowsWhileItDoes() {
        time.waitEnds();
        time.begin(Work.PROXY);
        pass(1);
        assertSpent(Map.of(Work.PROXY, 1L));
        pass(6000);
        assertSpent(Map.of(Work.PROXY, 6001L));
    }

    @Test
    void workInsideOtherWorkIsChargedForItselfAndThenTheOuterOneGoesOn() {
        time.waitEnds();
        Work beforeRequest = time.begin(Work.RECEIVE);
        pass(10);
        Work beforeProxy = time.begin(Work.PROXY);
        pass(200);
        Work beforeFanOut = time.begin(Work.FAN_OUT);
        pass(3000);
        time.end(beforeFanOut);
        pass(400);
        time.end(beforeProxy);
        pass(50);
        time.end(beforeRequest);
        pass(6);

        assertSpent(
                Map.of(
                        Work.RECEIVE, 60L,
                        Work.PROXY, 600L,
                        Work.FAN_OUT, 3000L,
                        Work.OTHER, 6L));
    }

    @Test
    void betweenTwoSocketsTheWorkForTheFirstGoesOn() {
        time.socketsBegin();
        pass(1);
        time.end(time.begin(Work.RECEIVE));
        pass(20);
        Work before = time.begin(Work.PROXY);
        time.end(time.begin(Work.FAN_OUT));
        pass(300);
        time.end(before);
        pass(4000);

        assertSpent(Map.of(Work.OTHER, 1L, Work.RECEIVE, 20L, Work.PROXY, 4300L));
    }

    @Test
    void workForSocketsEndsWithTheSockets() {
        time.socketsBegin();
        time.end(time.begin(Work.RECEIVE));
        pass(20);
        time.socketsEnd();
        pass(300);
        time.end(time.begin(Work.TIMERS));
        pass(4000);

        assertSpent(Map.of(Work.RECEIVE, 20L, Work.OTHER, 4300L));
    }

    @Test
    void aWaitEndsAnyWork() {
        time.socketsBegin();
        time.begin(Work.RECEIVE);
        pass(20);
        time.waitBegins();
        pass(300);
        time.waitEnds();
        assertThat(time.begun()).isEqualTo(Work.OTHER);

        assertSpent(Map.of(Work.RECEIVE, 20L, Work.IDLE, 300L));
    }

    @Test
    void looksAtTheClockOnlyWhenTheWorkChanges() {
        time.socketsBegin();
        looks.set(0);
        for (int request = 0; request < 100; request++) {
            Work before = time.begin(Work.RECEIVE);
            time.end(time.begin(Work.RECEIVE));
            time.end(before);
        }
        assertThat(looks).hasValue(1);
        time.socketsEnd();
        assertThat(looks).hasValue(2);
    }

    @Test
    void knowsWhatWasSpentSinceAnEarlierMoment() {
        pass(100);
        BusyTime earlier = time.busyTime();
        pass(10);
        time.waitEnds();
        pass(3);

        BusyTime grown = time.busyTime().since(earlier);

        assertThat(grown.nanos(Work.IDLE)).isEqualTo(10);
        assertThat(grown.nanos(Work.OTHER)).isEqualTo(3);
        assertThat(grown.busyNanos()).isEqualTo(3);
        assertThat(grown.totalNanos()).isEqualTo(13);
    }

    /// Any mixture of two states would be off by the length of a span, which is some 100 ns here,
    /// and mostly by everything since the start. What has fallen by less than 1 µs is no mixture:
    /// the clocks of two processors may differ by that.
    @Test
    void aReaderNeverSeesHalfAChange() throws InterruptedException {
        long begin = System.nanoTime();
        WorkTime written = new WorkTime(System::nanoTime);
        long made = System.nanoTime();
        AtomicBoolean over = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().start(() -> change(written, over));
        List<String> wrong = new ArrayList<>();
        BusyTime last = written.busyTime();
        int looks = 0;
        while (System.nanoTime() - begin < TimeUnit.MILLISECONDS.toNanos(600)) {
            long earliest = System.nanoTime() - made;
            BusyTime seen = written.busyTime();
            long latest = System.nanoTime() - begin;
            if (seen.totalNanos() < earliest || seen.totalNanos() > latest) {
                wrong.add(seen.totalNanos() + " not in " + earliest + " to " + latest);
            }
            if (mostFallenNanos(seen.since(last)) >= 1000) {
                wrong.add("fell by " + mostFallenNanos(seen.since(last)));
            }
            last = seen;
            looks++;
        }
        over.set(true);
        writer.join();

        assertThat(wrong).isEmpty();
        assertThat(looks).as("looks").isGreaterThan(1000);
        for (Work work : Work.values()) {
            assertThat(last.nanos(work)).as("nanoseconds of " + work).isPositive();
        }
    }

    private static void change(WorkTime time, AtomicBoolean over) {
        Random random = new Random(4);
        while (!over.get()) {
            Work before = time.begin(Work.at(random.nextInt(Work.COUNT)));
            for (int i = random.nextInt(5); i >= 0; i--) {
                Thread.onSpinWait();
            }
            time.end(before);
        }
    }

    private static long mostFallenNanos(BusyTime grown) {
        return Arrays.stream(Work.values()).mapToLong(work -> -grown.nanos(work)).max().orElse(0);
    }

    /// What was spent is exactly this, and all of the time that passed.
    private void assertSpent(Map<Work, Long> expected) {
        BusyTime spent = time.busyTime();
        for (Work work : Work.values()) {
            assertThat(spent.nanos(work))
                    .as(work.name())
                    .isEqualTo(expected.getOrDefault(work, 0L));
        }
        assertThat(spent.totalNanos()).isEqualTo(nanoTime.get() - START);
    }

    private void pass(long nanos) {
        nanoTime.addAndGet(nanos);
    }

    private long look() {
        looks.incrementAndGet();
        return nanoTime.get();
    }
}
