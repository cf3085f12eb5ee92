package io.spillgate.net;

import io.netty.channel.EventLoop;

import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// One value for each event loop, found by the loop or by its number. Immutable: any thread may
/// look, what it finds usually belongs to the loop.
///
/// @param <T> of the values
public final class PerLoop<T> {
    private final Loops loops;
    private final List<T> values;

    /// Makes a value for each of the loops, in the order of their numbers.
    ///
    /// @param make gets the number of a loop, from 0
    public PerLoop(Loops loops, IntFunction<T> make) {
        this(loops, IntStream.range(0, loops.all().size()).mapToObj(make).toList());
    }

    private PerLoop(Loops loops, List<T> values) {
        this.loops = loops;
        this.values = values;
    }

    /// Another value for each of the same loops.
    public <R> PerLoop<R> map(Function<T, R> make) {
        return new PerLoop<>(loops, values.stream().map(make).toList());
    }

    /// The value of a loop.
    ///
    /// @throws IllegalArgumentException when it is none of these loops
    public T of(EventLoop loop) {
        return values.get(loops.number(loop));
    }

    /// The value of the loop with this number.
    public T at(int number) {
        return values.get(number);
    }

    /// All values, in the order of the loops' numbers.
    public List<T> all() {
        return values;
    }
}
