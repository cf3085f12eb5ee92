package io.spillgate.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.concurrent.EventExecutor;

import org.junit.jupiter.api.Test;

import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

final class InputMemoryTest {
    private final InputMemory memory = new InputMemory(100);
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<String> shed = new ArrayList<>();
    private long now;
    private boolean elsewhere;
    private final InputHolders one = new InputHolders(memory, loop(), () -> now, 0);
    private final InputHolders two = new InputHolders(memory, loop(), () -> now, 0);

    @Test
    void isConfinedToItsLoop() {
        InputHolder a = hold(one, "a", 200);
        elsewhere = true;
        assertThatThrownBy(() -> a.holds(1)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(a::renew).isInstanceOf(AssertionError.class);
        assertThatThrownBy(one::relieve).isInstanceOf(AssertionError.class);
        assertThat(shed).isEmpty();
    }

    @Test
    void addsUpWhatIsHeldOnAllLoops() {
        InputHolder a = holder(one, "a");
        InputHolder b = holder(two, "b");
        assertThat(a.holds(60)).isTrue();
        assertThat(b.holds(40)).isTrue();
        assertThat(memory.usedBytes()).isEqualTo(100);
        assertThat(memory.isExceeded()).isFalse();
        assertThat(a.holds(60)).isFalse();
        assertThat(a.holds(10)).isFalse();
        assertThat(memory.usedBytes()).isEqualTo(50);
    }

    @Test
    void shedsTheOldestUntilTheRestFits() {
        hold(one, "a", 40);
        hold(one, "b", 40);
        hold(one, "c", 20);
        hold(one, "d", 70);
        one.relieve();
        assertThat(shed).containsExactly("a", "b");
        assertThat(memory.usedBytes()).isEqualTo(90);
    }

    @Test
    void shedsNobodyWhileTheSumIsWithinTheBound() {
        hold(one, "a", 100);
        one.relieve();
        assertThat(shed).isEmpty();
    }

    @Test
    void asksAnotherLoopToShedItsOlderOne() {
        hold(two, "old", 50);
        hold(one, "new", 60);
        one.relieve();
        one.relieve();
        assertThat(shed).isEmpty();
        assertThat(tasks).hasSize(1);
        tasks.remove().run();
        assertThat(shed).containsExactly("old");
        assertThat(memory.usedBytes()).isEqualTo(60);
    }

    @Test
    void doesNotWaitForAnotherLoopFarAboveTheBound() {
        hold(two, "old", 60);
        hold(one, "a", 30);
        hold(one, "b", 30);
        one.relieve();
        assertThat(shed).containsExactly("a");
        assertThat(tasks).hasSize(1);
        tasks.remove().run();
        assertThat(shed).containsExactly("a");
    }

    @Test
    void countsTheAgeFromTheBeginningOfWhatIsHeld() {
        InputHolder a = hold(one, "a", 40);
        hold(one, "b", 40);
        a.holds(0);
        a.holds(30);
        one.relieve();
        hold(one, "c", 40);
        one.relieve();
        assertThat(shed).containsExactly("b");
    }

    @Test
    void beginsAnewWhenToldSo() {
        InputHolder a = hold(one, "a", 40);
        hold(one, "b", 40);
        a.renew();
        holder(one, "nothing").renew();
        hold(one, "c", 40);
        one.relieve();
        assertThat(shed).containsExactly("b");
    }

    @Test
    void countsNothingOfWhoWasShedWhateverItHolds() {
        InputHolder stubborn = new InputHolder(one, () -> shed.add("stubborn"));
        stubborn.holds(200);
        one.relieve();
        assertThat(shed).containsExactly("stubborn");
        assertThat(memory.usedBytes()).isZero();
        stubborn.holds(0);
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void isExactWhateverComesAndGoes() {
        Random random = new Random(7);
        List<InputHolder> holders = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            holders.add(holder(i % 2 == 0 ? one : two, "h" + i));
        }
        memory.setLimit(1000);
        for (int round = 0; round < 20_000; round++) {
            now += random.nextInt(3);
            int number = random.nextInt(50);
            InputHolder holder = holders.get(number);
            if (random.nextInt(8) == 0) {
                holder.renew();
            } else if (holder.holds(random.nextInt(4) * 30L)) {
                (number % 2 == 0 ? one : two).relieve();
            }
            while (!tasks.isEmpty()) {
                tasks.remove().run();
            }
            assertThat(memory.usedBytes()).isBetween(0L, 1000L);
        }
        assertThat(shed).isNotEmpty();
        holders.forEach(holder -> holder.holds(0));
        assertThat(memory.usedBytes()).isZero();
        assertThat(memory.oldest()).isNull();
    }

    private InputHolder hold(InputHolders loop, String name, long bytes) {
        InputHolder holder = holder(loop, name);
        holder.holds(bytes);
        return holder;
    }

    /// Every holder begins a moment after the one before.
    private InputHolder holder(InputHolders loop, String name) {
        now++;
        InputHolder[] self = new InputHolder[1];
        self[0] =
                new InputHolder(
                        loop,
                        () -> {
                            shed.add(name);
                            self[0].holds(0);
                        });
        return self[0];
    }

    /// A loop whose tasks the test runs.
    private EventExecutor loop() {
        Class<?>[] kind = {EventExecutor.class};
        return (EventExecutor)
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        kind,
                        (_, method, arguments) ->
                                switch (method.getName()) {
                                    case "inEventLoop" -> !elsewhere;
                                    case "execute" -> {
                                        tasks.add((Runnable) arguments[0]);
                                        yield null;
                                    }
                                    default -> throw new IllegalStateException(method.getName());
                                });
    }
}
