package io.spillgate.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillgate.config.IoMode;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// What is found by a loop is that loop's.
final class PerLoopTest {
    @AutoClose private final Loops loops = new Loops(Transport.of(IoMode.NIO), 3);
    @AutoClose private final Loops others = new Loops(Transport.of(IoMode.NIO), 3);

    @Test
    void findsTheValueByTheLoopAndByItsNumber() {
        PerLoop<String> names = new PerLoop<>(loops, number -> "loop " + number);
        assertThat(names.all()).containsExactly("loop 0", "loop 1", "loop 2");
        for (int i = 0; i < 3; i++) {
            assertThat(names.of(loops.all().get(i))).isEqualTo("loop " + i);
            assertThat(names.at(i)).isEqualTo("loop " + i);
        }
    }

    @Test
    void mapsToOtherValuesOfTheSameLoops() {
        PerLoop<Integer> lengths = new PerLoop<>(loops, "x"::repeat).map(String::length);
        assertThat(lengths.of(loops.all().get(2))).isEqualTo(2);
    }

    @Test
    void knowsNothingOfOtherLoops() {
        PerLoop<Integer> numbers = new PerLoop<>(loops, number -> number);
        assertThatThrownBy(() -> numbers.of(others.all().get(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
