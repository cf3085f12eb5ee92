package io.spillgate;

import io.spillgate.listener.Listener;
import io.spillgate.listener.ListenerPolicy;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/// The listeners of a gateway, in the order in which they were opened. Filled by the thread that
/// starts the gateway; then any thread may read.
final class Listeners {
    private final List<Listener> all = new ArrayList<>();

    void add(Listener listener) {
        all.add(listener);
    }

    List<Listener> all() {
        return all;
    }

    List<Listener> of(ListenerPolicy policy) {
        return all.stream().filter(listener -> listener.policy() == policy).toList();
    }

    /// Where an entrance is bound; empty when it is off.
    Optional<InetSocketAddress> address(String entrance) {
        return all.stream()
                .flatMap(listener ->
                        Optional.ofNullable(listener.addresses().get(entrance)).stream())
                .findFirst();
    }

    /// A number of the public listeners together.
    long sum(ToLongFunction<Listener> number) {
        return of(ListenerPolicy.PUBLIC).stream().mapToLong(number).sum();
    }

    /// Sockets of clients that were refused and are still read.
    int lingering() {
        return Math.toIntExact(sum(Listener::lingering));
    }
}
