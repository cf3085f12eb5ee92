package io.spillgate.client.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.spillgate.config.DestinationConfig;
import io.spillgate.config.HostPoolConfig;
import io.spillgate.config.IoMode;
import io.spillgate.net.Loops;
import io.spillgate.net.PerLoop;
import io.spillgate.net.Transport;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/// A pool on a loop whose clock is the test's: what is done under its lock, and on which loop.
final class PoolRulesTest {
    private final AtomicLong nowNanos = new AtomicLong();

    @AutoClose private final Loops loops = new Loops(Transport.of(IoMode.AUTO), 1, nowNanos::get);

    private final EventLoop loop = loops.all().getFirst();

    @AutoClose private final Origin origin = new Origin((n, _, to) -> Origin.ok(to, "" + n));

    @AutoClose
    private final Pools pools =
            new Pools(loops, HostPoolConfig.DEFAULT, Map.of("test", destination()));

    private final Pool pool = pools.destination("test").orElseThrow();

    PoolRulesTest() throws IOException {}

    /// A loop is woken by a write to a file descriptor, and the lock is one for all loops.
    @Test
    void tellsAWornOutConnectionToGoAfterTheLock() {
        assertThat(send(Duration.ZERO).outcome()).isEqualTo("200 1");
        assertThat(send(Duration.ofDays(1)).outcome()).isEqualTo("200 2");
        assertThat(origin.connections()).isEqualTo(2);
        while (pool.report().idle() + pool.report().active() > 1) {
            Thread.onSpinWait();
        }
    }

    @Test
    void refusesToBeUsedOnAnotherThreadThanSaid() {
        assertThatThrownBy(() -> pool.send(loop, request(), new Heard()))
                .isInstanceOf(AssertionError.class);
        Call call =
                loop.submit(() -> pool.send(loop, request(), new Heard()))
                        .syncUninterruptibly()
                        .getNow();
        assertThatThrownBy(call::cancel).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> call.read(false)).isInstanceOf(AssertionError.class);
    }

    @Test
    void refusesTheUseOfTheLedgerWithoutTheLock() {
        PerLoop<Integer> any = new PerLoop<>(loops, number -> number);
        Ledger ledger = new Ledger(new ReentrantLock(), pool.settings(), any);
        assertThatThrownBy(ledger::connections).isInstanceOf(AssertionError.class);
        assertThatThrownBy(ledger::open).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> ledger.enter(0)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(ledger::matching).isInstanceOf(AssertionError.class);
    }

    /// Sends a request when some time has gone by; nothing else happens on the loop in between.
    private Heard send(Duration later) {
        Heard heard = new Heard();
        loop.execute(() -> {
            nowNanos.addAndGet(later.toNanos());
            pool.send(loop, request(), heard);
        });
        return heard;
    }

    private DestinationConfig destination() {
        return DestinationConfig.of(List.of("127.0.0.1:" + origin.port()));
    }

    private static PoolRequest request() {
        return new PoolRequest("GET", "/", new DefaultHttpHeaders().set("Host", "test"), Body.NONE);
    }
}
