package io.spillgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

class WatchdogTest {
    private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 77);
    private final LoopMeter one = meter();
    private final LoopMeter two = meter();
    private final Watchdog watchdog = new Watchdog(List.of(one, two), nanoTime::get);
    private final Logger logger = (Logger) LoggerFactory.getLogger(Watchdog.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final CountDownLatch release = new CountDownLatch(1);
    private Thread held;

    @BeforeEach
    void start() throws InterruptedException {
        logger.setAdditive(false);
        logger.addAppender(log);
        log.start();
        CountDownLatch entered = new CountDownLatch(1);
        held = Thread.ofPlatform().name("held-1").start(() -> hold(entered));
        entered.await();
        one.runsOn(held);
        two.runsOn(Thread.currentThread());
    }

    @AfterEach
    void stop() throws InterruptedException {
        watchdog.close();
        release.countDown();
        held.join();
        logger.detachAppender(log);
        logger.setAdditive(true);
    }

    @Test
    void isSilentWhileEveryProbeComes() {
        for (int i = 0; i < 50; i++) {
            passTenth();
            one.probe();
            two.probe();
        }

        assertThat(log.list).isEmpty();
    }

    @Test
    void tellsOfALoopWhoseProbeIsASecondLate() {
        passTenths(10);
        assertThat(log.list).isEmpty();
        passTenth();

        assertThat(log.list).hasSize(1);
        ILoggingEvent told = log.list.getFirst();
        assertThat(told.getLevel()).isEqualTo(Level.WARN);
        assertThat(told.getFormattedMessage()).isEqualTo("loop_stuck loop=held-1 for=1.0s");
    }

    @Test
    void showsWhatTheThreadOfTheLoopIsDoing() {
        passTenths(11);

        assertThat(ThrowableProxyUtil.asString(log.list.getFirst().getThrowableProxy()))
                .contains("what held-1 is doing")
                .contains("WatchdogTest.hold");
    }

    @Test
    void tellsOnceHoweverLongItTakes() {
        passTenths(600);

        assertThat(log.list).hasSize(1);
    }

    @Test
    void tellsWhenTheLoopGoesOnAndForHowLongItDidNot() {
        passTenths(61);
        one.probe();
        passTenth();

        assertThat(messages())
                .containsExactly(
                        "loop_stuck loop=held-1 for=1.0s", "loop_recovered loop=held-1 after=6.1s");
        assertThat(log.list.getLast().getLevel()).isEqualTo(Level.WARN);
    }

    @Test
    void tellsOfTheNextTimeToo() {
        passTenths(11);
        one.probe();
        passTenths(11);

        assertThat(messages())
                .containsExactly(
                        "loop_stuck loop=held-1 for=1.0s",
                        "loop_recovered loop=held-1 after=1.1s",
                        "loop_stuck loop=held-1 for=1.0s");
    }

    @Test
    void doesNotTakeAPauseOfTheWholeProcessForAStuckLoop() {
        passTenths(3);
        nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(20));
        watchdog.look();
        one.probe();
        two.probe();
        passTenth();

        assertThat(log.list).isEmpty();
    }

    @Test
    void runsATaskAgainAfterItHasThrown() throws InterruptedException {
        CountDownLatch thrice = new CountDownLatch(3);
        watchdog.every(
                1,
                () -> {
                    thrice.countDown();
                    throw new IllegalStateException("of the test");
                });

        assertThat(thrice.await(10, TimeUnit.SECONDS)).isTrue();
        watchdog.close();
        assertThat(messages()).hasSizeGreaterThanOrEqualTo(3).containsOnly("periodic_task_failed");
        assertThat(log.list.getFirst().getThrowableProxy().getMessage()).isEqualTo("of the test");
    }

    @Test
    void runsTasksOnADaemonThreadOfItsOwn() throws Exception {
        Thread thread = threadOfATask();

        assertThat(thread.getName()).isEqualTo("spillgate-watch");
        assertThat(thread.isDaemon()).isTrue();
    }

    @Test
    void endsItsThreadWhenItIsClosed() throws Exception {
        Thread thread = threadOfATask();

        watchdog.close();

        assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
    }

    private Thread threadOfATask() throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        watchdog.every(1, () -> thread.complete(Thread.currentThread()));
        return thread.get(10, TimeUnit.SECONDS);
    }

    private LoopMeter meter() {
        LoopMeter meter = new LoopMeter(nanoTime::get);
        meter.start(_ -> {});
        return meter;
    }

    private List<String> messages() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    /// Time passes and the watchdog looks; the second loop is fine, the first one is not.
    private void passTenths(int count) {
        for (int i = 0; i < count; i++) {
            passTenth();
            two.probe();
        }
    }

    private void passTenth() {
        nanoTime.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
        watchdog.look();
    }

    private void hold(CountDownLatch entered) {
        entered.countDown();
        try {
            release.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
