package io.spillgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

final class SweepTest {
    private static final long PERIOD = 1000;

    private final Sweep<Visited> sweep = new Sweep<>(PERIOD);

    @Test
    void visitsEveryoneOnceInAPeriod() {
        List<Visited> all = add(7);
        for (int i = 0; i < 100; i++) {
            sweep.tick(PERIOD / 100, i);
        }
        assertThat(all).allMatch(member -> member.visits == 1);
    }

    @Test
    void spreadsTheVisitsOverThePeriod() {
        List<Visited> all = add(100);
        for (int i = 1; i <= 10; i++) {
            sweep.tick(PERIOD / 10, i);
            assertThat(all.stream().mapToInt(member -> member.visits).sum()).isEqualTo(10 * i);
        }
    }

    @Test
    void visitsNobodyTwiceWhenATickIsLate() {
        List<Visited> all = add(5);
        sweep.tick(10 * PERIOD, 1);
        assertThat(all).allMatch(member -> member.visits == 1);
    }

    @Test
    void hasNothingToCatchUpWithWhenItWasEmpty() {
        sweep.tick(10 * PERIOD, 1);
        List<Visited> all = add(4);
        sweep.tick(PERIOD / 4, 2);
        assertThat(all.stream().mapToInt(member -> member.visits).sum()).isEqualTo(1);
    }

    @Test
    void givesThePresentToTheVisited() {
        List<Visited> all = add(1);
        sweep.tick(PERIOD, 42);
        assertThat(all.getFirst().lastNanos).isEqualTo(42);
    }

    @Test
    void goesOnWhenMembersLeaveWhileTheyAreVisited() {
        List<Visited> all = add(10);
        all.forEach(member -> member.leaves = true);
        sweep.tick(PERIOD, 1);
        assertThat(sweep.size()).isZero();
        assertThat(all).allMatch(member -> member.visits == 1);
    }

    @Test
    void takesNoLongerForARoundWhenMembersLeave() {
        List<Visited> all = add(100);
        all.forEach(member -> member.leaves = true);
        for (int i = 0; i < 101; i++) {
            sweep.tick(PERIOD / 100, i);
        }
        assertThat(sweep.size()).isZero();
    }

    @Test
    void visitsWhoStaysAtLeastOnceInTwoPeriodsWhateverComesAndGoes() {
        Random random = new Random(3);
        List<Visited> stayers = add(20);
        List<Visited> others = new ArrayList<>();
        for (int round = 0; round < 200; round++) {
            stayers.forEach(member -> member.visits = 0);
            for (int i = 0; i < 200; i++) {
                if (random.nextBoolean()) {
                    others.addAll(add(1));
                } else if (!others.isEmpty()) {
                    sweep.remove(others.remove(random.nextInt(others.size())));
                }
                sweep.tick(PERIOD / 100, i);
            }
            assertThat(stayers).as("round %d", round).allMatch(member -> member.visits >= 1);
        }
    }

    private List<Visited> add(int count) {
        List<Visited> added = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Visited member = new Visited();
            sweep.add(member);
            added.add(member);
        }
        return added;
    }

    private final class Visited implements Sweep.Member {
        private int visits;
        private int place;
        private long lastNanos;
        private boolean leaves;

        @Override
        public void visit(long nowNanos) {
            visits++;
            lastNanos = nowNanos;
            if (leaves) {
                sweep.remove(this);
            }
        }

        @Override
        public void place(int newPlace) {
            place = newPlace;
        }

        @Override
        public int place() {
            return place;
        }
    }
}
