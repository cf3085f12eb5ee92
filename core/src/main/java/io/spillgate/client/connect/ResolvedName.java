package io.spillgate.client.connect;

import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// One name of an [AddressBook], what is known of it, and when it is asked for again. Confined to
/// the book's loop, as [AddressBook] asserts.
final class ResolvedName {
    private static final int MAX_DOUBLINGS = 6;

    private final String text;
    private final ConfiguredAddress endpoint;

    private List<InetSocketAddress> sixes = List.of();
    private List<InetSocketAddress> fours = List.of();

    private @Nullable String problem;
    private int doublings;

    private boolean asked;
    private long askedNanos;
    private @Nullable Future<?> timer;
    private long timerNanos;

    ResolvedName(String text) {
        this.text = text;
        this.endpoint = ConfiguredAddress.parse(text);
        if (endpoint instanceof ConfiguredAddress.Literal(InetSocketAddress address)) {
            learn(new DnsAnswer(List.of(address), Long.MAX_VALUE, true));
        }
    }

    ConfiguredAddress endpoint() {
        return endpoint;
    }

    /// Whether it has to be asked for at all.
    boolean changes() {
        return !(endpoint instanceof ConfiguredAddress.Literal);
    }

    /// Whether an answer is awaited.
    boolean isAsked() {
        return asked;
    }

    /// When it was asked for last.
    long askedNanos() {
        return askedNanos;
    }

    /// Notes that it is asked for; what was planned is off.
    void asked(long nowNanos) {
        stop();
        asked = true;
        askedNanos = nowNanos;
    }

    /// Takes over an answer; what it does not tell goes, unless it is incomplete.
    ///
    /// @return whether anything is different now
    boolean learn(DnsAnswer answer) {
        asked = false;
        problem = null;
        doublings = answer.complete() ? 0 : Math.min(doublings + 1, MAX_DOUBLINGS);
        List<InetSocketAddress> oldSixes = sixes;
        List<InetSocketAddress> oldFours = fours;
        sixes = merged(oldSixes, answer, true);
        fours = merged(oldFours, answer, false);
        return !sixes.equals(oldSixes) || !fours.equals(oldFours);
    }

    /// Notes that it could not be found; what is known stays.
    void failed(String message) {
        asked = false;
        problem = message;
        doublings = Math.min(doublings + 1, MAX_DOUBLINGS);
    }

    /// Why it was not found when it was asked for last; null = it was, or was not asked for yet.
    @Nullable String problem() {
        return problem;
    }

    /// How long to wait after what went wrong: 1, 2, 4, 8, 16, 32 s.
    long pauseSeconds() {
        return 1L << Math.max(0, doublings - 1);
    }

    /// IPv6 and IPv4 in turn.
    List<InetSocketAddress> addresses() {
        List<InetSocketAddress> all = new ArrayList<>(sixes.size() + fours.size());
        for (int i = 0; i < Math.max(sixes.size(), fours.size()); i++) {
            if (i < sixes.size()) {
                all.add(sixes.get(i));
            }
            if (i < fours.size()) {
                all.add(fours.get(i));
            }
        }
        return all;
    }

    /// Whether it will be asked for before a time.
    boolean isAskedBefore(long nanos) {
        return timer != null && timerNanos - nanos <= 0;
    }

    /// Plans the next time, in place of another.
    void willBeAsked(long nanos, Future<?> next) {
        stop();
        timer = next;
        timerNanos = nanos;
    }

    /// It will not be asked for.
    void stop() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    @Override
    public String toString() {
        return text;
    }

    /// The old ones that stay, in their places, and then the new ones.
    private static List<InetSocketAddress> merged(
            List<InetSocketAddress> old, DnsAnswer answer, boolean v6) {
        Set<InetSocketAddress> merged = new LinkedHashSet<>(old);
        if (answer.complete()) {
            merged.retainAll(Set.copyOf(answer.addresses()));
        }
        for (InetSocketAddress address : answer.addresses()) {
            if (address.getAddress() instanceof Inet6Address == v6) {
                merged.add(address);
            }
        }
        return List.copyOf(merged);
    }
}
