package io.spillgate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.spillgate.config.WebsocketConfig;
import io.spillgate.config.WebsocketConfig.KeepAliveMode;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

final class TunnelEndTest {
    private static final long SECOND = 1_000_000_000;

    private final List<ByteBuf> frames = new ArrayList<>();

    @Test
    void isGoneWhenItDoesNotAnswerAPing() {
        TunnelEnd end = end(KeepAliveMode.PING, 10);
        end.sending(0, 0);
        keep(end, 10);
        assertThat(frames).hasSize(1);
        assertThat(end.isGone(20 * SECOND - 1)).isFalse();
        assertThat(end.isGone(20 * SECOND)).isTrue();
        end.heard();
        assertThat(end.isGone(20 * SECOND)).isFalse();
    }

    /// Also when it is told something all the time.
    @Test
    void hasToAnswerTheFirstPingOfSeveral() {
        TunnelEnd end = end(KeepAliveMode.PING, 1);
        for (int second = 1; second <= 5; second++) {
            keep(end, second);
            assertThat(end.isGone(second * SECOND)).isFalse();
        }
        assertThat(end.isGone(6 * SECOND)).isTrue();
    }

    /// A megabyte that is taken at 16 KiB/s goes before the ping.
    @Test
    void hasTimeForWhatBuffersHoldForIt() {
        TunnelEnd end = end(KeepAliveMode.PING, 10);
        end.sending(1024 * 1024, 0);
        keep(end, 10);
        assertThat(end.isGone(83 * SECOND)).isFalse();
        assertThat(end.isGone(84 * SECOND)).isTrue();
    }

    @Test
    void isNotJudgedWhileItIsNotRead() {
        TunnelEnd end = end(KeepAliveMode.PING, 10);
        keep(end, 10);
        end.read(false);
        assertThat(end.isGone(1000 * SECOND)).isFalse();
        keep(end, 1000);
        assertThat(end.isGone(2000 * SECOND)).isFalse();
        end.read(true);
        keep(end, 2000);
        assertThat(end.isGone(2010 * SECOND)).isTrue();
    }

    @Test
    void isNotJudgedByPongs() {
        TunnelEnd end = end(KeepAliveMode.PONG, 10);
        keep(end, 10);
        assertThat(frames).hasSize(1);
        assertThat(end.isGone(1000 * SECOND)).isFalse();
    }

    @Test
    void looksAgainWhenSomethingIsDue() {
        TunnelEnd end = end(KeepAliveMode.PING, 10);
        end.sending(0, 3 * SECOND);
        assertThat(end.nextNanos(4 * SECOND)).isEqualTo(9 * SECOND);
        keep(end, 13);
        assertThat(end.nextNanos(14 * SECOND)).isEqualTo(9 * SECOND);
        assertThat(end(KeepAliveMode.PING, 0).nextNanos(0)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void masksWhatABackendGets() {
        keep(end(KeepAliveMode.PING, 1), 1);
        keep(new TunnelEnd("backend", config(KeepAliveMode.PING, 1), true, tracker()), 1);
        assertThat(frames.get(0).readableBytes()).isEqualTo(2 + 8);
        assertThat(frames.get(0).getByte(1)).isEqualTo((byte) 8);
        assertThat(frames.get(1).readableBytes()).isEqualTo(2 + 4 + 8);
        assertThat(frames.get(1).getByte(1)).isEqualTo((byte) 0x88);
    }

    private void keep(TunnelEnd end, long second) {
        end.keep(true, second * SECOND, frames::add);
    }

    private static TunnelEnd end(KeepAliveMode mode, int seconds) {
        return new TunnelEnd("client", config(mode, seconds), false, tracker());
    }

    private static WebsocketConfig config(KeepAliveMode mode, int seconds) {
        return seconds == 0
                ? WebsocketConfig.DEFAULT
                : new WebsocketConfig(mode, Duration.ofSeconds(seconds), false);
    }

    private static FrameTracker tracker() {
        return new FrameTracker((first, length) -> {});
    }
}
