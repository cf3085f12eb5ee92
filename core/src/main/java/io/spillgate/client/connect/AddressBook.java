package io.spillgate.client.connect;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.spillgate.net.AddressText;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Keeps the addresses of a pool up to date: resolves its names, and again when the time to live of
/// an answer is over. Thread safe.
///
/// The addresses stand in the order of the names; those of one name alternate between IPv6 and IPv4
/// (RFC 8305 section 4) and keep their places as long as they exist, whatever order the DNS tells
/// them in.
public final class AddressBook implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AddressBook.class);

    private static final long MIN_SECONDS = 1;
    private static final long MAX_SECONDS = 30;

    private final Lookup lookup;
    private final EventLoop loop;
    private final Listener listener;
    private final List<ResolvedName> names = new ArrayList<>();

    private volatile boolean closed;

    /// From here on only on the loop.
    private List<InetSocketAddress> told;

    /// @param names `host:port`, `[v6]:port` or `srv:_service._proto.name`
    /// @param resolver asks the DNS
    /// @param listener called on any thread, never two calls at once, with each change; when there
    ///   are literals among the names, it has been called before this constructor returns
    /// @throws IllegalArgumentException when a name is none of these
    public AddressBook(List<String> names, Resolver resolver, Listener listener) {
        this(names, resolver, resolver.nextLoop(), listener);
    }

    AddressBook(List<String> names, Lookup lookup, EventLoop loop, Listener listener) {
        this.lookup = lookup;
        this.loop = loop;
        this.listener = listener;
        for (String name : names) {
            this.names.add(new ResolvedName(name));
        }
        told = addresses();
        if (!told.isEmpty()) {
            listener.addresses(told);
        }
        if (this.names.stream().anyMatch(ResolvedName::changes)) {
            loop.execute(this::askAll);
        }
    }

    /// Asks again soon, because nothing answers at the addresses; at most once a second.
    public void refresh() {
        if (!closed && !loop.isShuttingDown()) {
            loop.execute(this::refreshAll);
        }
    }

    /// Stops asking; the listener hears nothing more, but for a call that runs at this moment.
    @Override
    public void close() {
        closed = true;
        if (!loop.isShuttingDown()) {
            loop.execute(() -> names.forEach(ResolvedName::stop));
        }
    }

    private void askAll() {
        for (ResolvedName name : names) {
            if (name.changes()) {
                ask(name);
            }
        }
    }

    private void refreshAll() {
        assert loop.inEventLoop();
        long now = loop.ticker().nanoTime();
        for (ResolvedName name : names) {
            if (name.changes() && !name.isAsked()) {
                long ago = now - name.askedNanos();
                askAgain(name, Math.max(0, TimeUnit.SECONDS.toNanos(MIN_SECONDS) - ago));
            }
        }
    }

    private void ask(ResolvedName name) {
        if (closed) {
            return;
        }
        assert loop.inEventLoop();
        name.asked(loop.ticker().nanoTime());
        Future<DnsAnswer> asked = lookup.ask(loop, name.endpoint());
        asked.addListener(_ -> {
            if (asked.isSuccess()) {
                answered(name, asked.getNow());
            } else {
                failed(name, String.valueOf(asked.cause().getMessage()));
            }
        });
    }

    private void answered(ResolvedName name, DnsAnswer answer) {
        assert loop.inEventLoop();
        if (closed) {
            return;
        }
        boolean recovered = name.problem() != null;
        if (name.learn(answer)) {
            LOG.info(
                    "addresses_changed name={} addresses={}",
                    name,
                    AddressText.of(name.addresses()));
        } else if (recovered) {
            LOG.info(
                    "addresses_found_again name={} addresses={}",
                    name,
                    AddressText.of(name.addresses()));
        }
        long pause = answer.complete() ? MAX_SECONDS : name.pauseSeconds();
        long seconds = Math.min(pause, answer.ttlSeconds());
        askAgain(name, TimeUnit.SECONDS.toNanos(Math.clamp(seconds, MIN_SECONDS, MAX_SECONDS)));
        tell();
    }

    private void failed(ResolvedName name, String message) {
        assert loop.inEventLoop();
        if (closed) {
            return;
        }
        if (name.problem() == null) {
            LOG.warn(
                    "resolve_failed name={} cause=\"{}\" kept={}",
                    name,
                    message,
                    name.addresses().size());
        }
        name.failed(message);
        askAgain(name, TimeUnit.SECONDS.toNanos(Math.min(name.pauseSeconds(), MAX_SECONDS)));
        tell();
    }

    private void askAgain(ResolvedName name, long delayNanos) {
        long at = loop.ticker().nanoTime() + delayNanos;
        if (name.isAskedBefore(at)) {
            return;
        }
        name.willBeAsked(at, loop.schedule(() -> ask(name), delayNanos, TimeUnit.NANOSECONDS));
    }

    private void tell() {
        List<InetSocketAddress> now = addresses();
        if (!now.isEmpty()) {
            if (!now.equals(told)) {
                told = now;
                listener.addresses(now);
            }
            return;
        }
        if (names.stream().allMatch(name -> name.problem() != null)) {
            listener.unresolved(
                    names.stream()
                            .map(ResolvedName::problem)
                            .map(String::valueOf)
                            .collect(Collectors.joining("; ")));
        }
    }

    private List<InetSocketAddress> addresses() {
        Set<InetSocketAddress> all = new LinkedHashSet<>();
        for (ResolvedName name : names) {
            all.addAll(name.addresses());
        }
        return List.copyOf(all);
    }

    /// Who uses the addresses.
    public interface Listener {
        /// All addresses there are now, resolved if that is not left to a proxy, without
        /// duplicates, at least one; those of a name that stopped to resolve stay. Each remembers
        /// the name that it was found by, if any.
        void addresses(List<InetSocketAddress> all);

        /// No name has an address, and none had one before. Said again with each vain attempt.
        void unresolved(String message);
    }
}
