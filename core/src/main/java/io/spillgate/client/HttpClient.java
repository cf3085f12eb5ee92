package io.spillgate.client;

import io.netty.channel.EventLoop;
import io.spillgate.client.pool.Failure;
import io.spillgate.client.pool.Pool;
import io.spillgate.client.pool.PoolFailure;
import io.spillgate.client.pool.Pools;
import io.spillgate.config.DestinationConfig;
import io.spillgate.config.HostPoolConfig;
import io.spillgate.config.IoMode;
import io.spillgate.net.Loops;
import io.spillgate.net.Transport;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The client for Java programs: whole requests and whole answers, and event streams. Thread safe.
///
/// ```java
/// try (HttpClient http = HttpClient.open()) {
///     Response answer = http.send(Request.get(URI.create("http://localhost:8080/health"))).join();
///     System.out.println(answer.status() + " " + answer.text());
/// }
/// ```
///
/// One is enough for a program; it has one thread for each processor, and they keep the program
/// running until [#close]. What is longer than fits the memory goes through [Pool#send] piece by
/// piece. Redirects are not followed, content is not decompressed, cookies are not kept.
public final class HttpClient implements AutoCloseable {
    private final Loops loops;
    private final Pools pools;
    private final boolean owner;
    private final Set<EventSource> sources = ConcurrentHashMap.newKeySet();
    private final AtomicInteger turn = new AtomicInteger();

    private HttpClient(Loops loops, Pools pools, boolean owner) {
        this.loops = loops;
        this.pools = pools;
        this.owner = owner;
    }

    /// A client with default values, for any host.
    public static HttpClient open() {
        return open(HostPoolConfig.DEFAULT, Map.of());
    }

    /// A client with loops of its own.
    ///
    /// @param hosts the pools of hosts that are no named destination
    /// @param destinations the named ones
    /// @throws IllegalArgumentException when a file of a TLS section cannot be used
    public static HttpClient open(
            HostPoolConfig hosts, Map<String, DestinationConfig> destinations) {
        Loops loops = new Loops(Transport.of(IoMode.AUTO), 0);
        try {
            return new HttpClient(loops, new Pools(loops, hosts, destinations), true);
        } catch (RuntimeException e) {
            loops.close();
            throw e;
        }
    }

    /// A client on loops and pools of somebody else, who closes them.
    public static HttpClient over(Loops loops, Pools pools) {
        return new HttpClient(loops, pools, false);
    }

    /// Sends a request through the pool of its URL's host.
    ///
    /// @return completes on a loop, where nothing may block: what follows and takes time belongs
    ///   into the `Async` methods of the future. Fails with [RequestFailure]. Who completes or
    ///   cancels it, also by `orTimeout`, takes the request back; it is never sent then, or cut
    public CompletableFuture<Response> send(Request request) {
        Optional<Pool> pool = pools.host(request.address());
        return pool.isPresent()
                ? send(pool.get(), request)
                : CompletableFuture.failedFuture(
                        failure(
                                PoolFailure.OPEN_REQUESTS,
                                request.address() + ": closed, or as many hosts as max-pools"));
    }

    /// Sends a request through a certain pool; its URL is used for the path and for Host.
    ///
    /// @param pool of the client
    /// @return as [#send(Request)]
    public CompletableFuture<Response> send(Pool pool, Request request) {
        EventLoop loop = loop();
        Collector collector = new Collector(loop, request.maxAnswerBytes());
        try {
            onLoop(loop, () -> collector.start(pool, request.request()));
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    failure(PoolFailure.CLOSED, pool.name() + ": the pools is closed"));
        }
        return collector.answer();
    }

    /// The pools of named destinations and of other hosts, and their numbers.
    public Pools pools() {
        return pools;
    }

    /// Ends the event streams that were opened here; then, unless the loops and pools are somebody
    /// else's, fails what waits, cuts what runs and ends the threads. Not to be called on a loop.
    @Override
    public void close() {
        sources.forEach(EventSource::close);
        if (owner) {
            pools.close();
            loops.close();
        }
    }

    /// A loop to call [Pool#send] on: the calling one, or else the next one.
    public EventLoop loop() {
        for (EventLoop loop : loops.all()) {
            if (loop.inEventLoop()) {
                return loop;
            }
        }
        return loops.all().get(Math.floorMod(turn.getAndIncrement(), loops.all().size()));
    }

    /// The time of day, in milliseconds since 1970.
    long epochMillis() {
        return TimeUnit.NANOSECONDS.toMillis(loops.wallClock().epochNanos());
    }

    /// Keeps a stream to close it with the client.
    void keep(EventSource source) {
        sources.add(source);
    }

    void forget(EventSource source) {
        sources.remove(source);
    }

    static void onLoop(EventLoop loop, Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    private static RequestFailure failure(PoolFailure cause, String message) {
        return new RequestFailure(new Failure(cause, message));
    }
}
