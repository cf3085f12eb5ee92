package io.spillgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class ServeSignalsTest {
    private final List<String> done = new ArrayList<>();
    private long nowMillis = 1000;
    private final ServeSignals signals =
            new ServeSignals(status -> done.add("halt " + status), () -> nowMillis * 1_000_000);

    @Test
    void aStopWhileNothingRunsEndsTheProcessWithStatusZero() {
        signals.on("TERM");
        assertThat(done).containsExactly("halt 0");
    }

    @Test
    void aStopWhileTheGatewayStartsDrainsItWhenItRuns() {
        signals.starting();
        signals.on("INT");
        assertThat(done).isEmpty();
        run();
        assertThat(done).containsExactly("drain");
    }

    @Test
    void reloadsThatComeEarlyAreOneWhenItRuns() {
        signals.on("HUP");
        signals.starting();
        signals.on("HUP");
        run();
        assertThat(done).containsExactly("reload");
        signals.on("HUP");
        assertThat(done).containsExactly("reload", "reload");
    }

    @Test
    void aSecondStopEndsTheProcessAtOnce() {
        signals.starting();
        run();
        signals.on("TERM");
        signals.on("INT");
        assertThat(done).containsExactly("drain", "halt 1");
    }

    @Test
    void theSameStopWithinHalfASecondIsOne() {
        signals.starting();
        run();
        signals.on("TERM");
        nowMillis += 499;
        signals.on("TERM");
        assertThat(done).containsExactly("drain");
        nowMillis += 1;
        signals.on("TERM");
        assertThat(done).containsExactly("drain", "halt 1");
    }

    private void run() {
        signals.running(() -> done.add("drain"), () -> done.add("reload"));
    }
}
