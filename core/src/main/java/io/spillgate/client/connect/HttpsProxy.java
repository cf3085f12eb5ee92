package io.spillgate.client.connect;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.spillgate.config.HostPort;
import io.spillgate.config.HttpsProxyConfig;
import io.spillgate.net.AddressText;

import org.jspecify.annotations.Nullable;

import java.net.IDN;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where the HTTPS proxy is, and what is asked of it. Thread safe.
final class HttpsProxy implements AutoCloseable, AddressBook.Listener {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");

    private final Resolver resolver;
    private final String address;
    private final String credentials;

    private final Object lock = new Object();
    private @Nullable AddressBook book;
    private List<InetSocketAddress> known = List.of();
    private @Nullable String problem;
    private List<Promise<List<InetSocketAddress>>> waiting = new ArrayList<>();

    HttpsProxy(HttpsProxyConfig config, Resolver resolver) {
        this.resolver = resolver;
        address = HostPort.text(config.host(), config.port());
        credentials = config.username().isEmpty() ? "" : authorization(config);
    }

    /// Its addresses, at least one; fails when there is none.
    Future<List<InetSocketAddress>> addresses(EventLoop loop) {
        AddressBook asked;
        String message;
        synchronized (lock) {
            if (book == null && problem == null) {
                book = new AddressBook(List.of(address), resolver, this);
            }
            if (!known.isEmpty()) {
                return loop.newSucceededFuture(known);
            }
            if (problem == null) {
                Promise<List<InetSocketAddress>> promise = loop.newPromise();
                waiting.add(promise);
                return promise;
            }
            asked = book;
            message = problem;
        }
        if (asked != null) {
            asked.refresh();
        }
        return loop.newFailedFuture(new UnknownHostException(message));
    }

    /// The request that asks for a tunnel; empty when the target has a name that can't be asked
    /// for.
    Optional<byte[]> request(InetSocketAddress target) {
        return authority(target)
                .map(authority ->
                        "CONNECT %1$s HTTP/1.1\r\nHost: %1$s\r\n%2$s\r\n"
                                .formatted(authority, credentials))
                .map(text -> text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void addresses(List<InetSocketAddress> all) {
        known(all, null);
    }

    @Override
    public void unresolved(String message) {
        known(List.of(), message);
    }

    @Override
    public void close() {
        AddressBook opened;
        synchronized (lock) {
            opened = book;
        }
        if (opened != null) {
            opened.close();
        }
        known(List.of(), "was not looked for any more, because the connector was closed");
    }

    /// Its host and port.
    @Override
    public String toString() {
        return address;
    }

    private void known(List<InetSocketAddress> all, @Nullable String message) {
        List<Promise<List<InetSocketAddress>>> told;
        synchronized (lock) {
            known = all;
            problem = message;
            told = waiting;
            waiting = new ArrayList<>();
        }
        for (Promise<List<InetSocketAddress>> promise : told) {
            if (message == null) {
                promise.trySuccess(all);
            } else {
                promise.tryFailure(new UnknownHostException(message));
            }
        }
    }

    /// RFC 7617.
    private static String authorization(HttpsProxyConfig config) {
        String pair = config.username() + ":" + config.password();
        byte[] bytes = pair.getBytes(StandardCharsets.UTF_8);
        return "Proxy-Authorization: Basic " + Base64.getEncoder().encodeToString(bytes) + "\r\n";
    }

    /// The name that the target was found by, else its IP.
    private static Optional<String> authority(InetSocketAddress target) {
        String host = target.getHostString();
        if (ConfiguredAddress.literal(host).isPresent()) {
            return Optional.of(AddressText.of(target));
        }
        try {
            String ascii = IDN.toASCII(host);
            return Optional.of(ascii + ":" + target.getPort())
                    .filter(_ -> NAME.matcher(ascii).matches());
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
