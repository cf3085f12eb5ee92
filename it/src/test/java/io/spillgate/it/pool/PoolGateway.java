package io.spillgate.it.pool;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// A gateway with one pool, as its clients and its operator see it. Every connection to it has a
/// loop of its own turn.
public final class PoolGateway implements AutoCloseable {
    private final TestGateway gateway;
    private final String pool;
    private final List<Wire> wires = new ArrayList<>();

    /// @param pool its name, or host:port
    public PoolGateway(String toml, String pool) {
        this.gateway = TestGateway.start(toml);
        this.pool = pool;
    }

    /// With a destination `x` and two loops.
    ///
    /// @param keys of the destination, one a line
    public static PoolGateway to(Backend backend, String keys) {
        return to(List.of(backend.address()), keys);
    }

    /// With a destination `x` of several addresses.
    public static PoolGateway to(List<String> addresses, String keys) {
        return new PoolGateway(destination("x", addresses, keys), "x");
    }

    /// With a route to a host's own pool.
    ///
    /// @param tables what else stands in the file
    static PoolGateway host(String url, String tables) {
        return new PoolGateway(route(url) + tables, url.replaceFirst("https?://", ""));
    }

    /// With a route to a backend's own pool.
    ///
    /// @param keys of `[host-connection-pool]`, one a line
    static PoolGateway host(Backend backend, String keys) {
        return host("http://" + backend.address(), "[host-connection-pool]\n" + keys);
    }

    /// The beginning of a file with a route to a host's own pool.
    static String route(String url) {
        return """
        http.thread_pool_size = 2
        [[routes]]
        path = "/api/*"
        proxy = "%s"
        """
                .formatted(url);
    }

    /// The file of a gateway with one destination.
    public static String destination(String name, List<String> addresses, String keys) {
        return """
        http.thread_pool_size = 2
        [[routes]]
        path = "/api/*"
        proxy = "%s"
        [http-destinations.%s]
        addresses = [%s]
        %s
        """
                .formatted(
                        name,
                        name,
                        addresses.stream()
                                .map(one -> '"' + one + '"')
                                .collect(Collectors.joining(",")),
                        keys);
    }

    public TestGateway gateway() {
        return gateway;
    }

    /// Sends `GET /api/…` over a new connection, which stays open.
    public Wire ask(String path, String... headerLines) {
        return send("GET", path, "", headerLines);
    }

    /// Sends a request with a body over a new connection, which stays open.
    Wire post(String path, String body) {
        return send("POST", path, body, "Content-Length: " + body.length());
    }

    Wire send(String method, String path, String body, String... headerLines) {
        Wire wire = connect();
        StringBuilder lines = new StringBuilder();
        for (String line : headerLines) {
            lines.append(line).append('\n');
        }
        wire.sendLines("%s /api/%s HTTP/1.1\nHost: test\n%s\n".formatted(method, path, lines));
        return wire.send(body);
    }

    /// A new connection, closed with this.
    public Wire connect() {
        Wire wire = gateway.connect();
        wires.add(wire);
        return wire;
    }

    /// Asks over a new connection, and closes it.
    public Answer get(String path, String... headerLines) {
        try (Wire wire = ask(path, headerLines)) {
            return wire.answer();
        }
    }

    /// The requests that wait for a connection.
    public int queued() {
        return (int) number("spillgate_pool_queued");
    }

    /// The requests on a connection.
    public int inFlight() {
        return (int) number("spillgate_pool_in_flight");
    }

    /// The connections in a state.
    public int connections(String state) {
        return (int) number("spillgate_pool_connections", "state=\"" + state + "\"");
    }

    /// The requests that failed of a cause.
    public int failures(String cause) {
        return (int) number("spillgate_pool_failures_total", "cause=\"" + cause + "\"");
    }

    /// The requests that were sent again at the expense of the budget.
    public int retries() {
        return (int) number("spillgate_pool_retries_total");
    }

    /// The requests that were sent again for any reason.
    public int repeats() {
        return retries() + (int) number("spillgate_pool_replays_total");
    }

    public void awaitQueued(int count) {
        Await.until(count + " requests wait", () -> queued() == count);
    }

    public void awaitInFlight(int count) {
        Await.until(count + " requests are in flight", () -> inFlight() == count);
    }

    void awaitFailures(String cause, int count) {
        Await.until(count + " failed of " + cause, () -> failures(cause) == count);
    }

    /// What `/stats` says about the pool; empty when it does not know it.
    List<? extends Config> stats() {
        String json =
                gateway.askAdmin("GET /stats HTTP/1.1\nHost: test\nConnection: close\n\n").text();
        return ConfigFactory.parseString(json).getConfigList("pools").stream()
                .filter(one -> one.getString("name").equals(pool))
                .toList();
    }

    /// How long the pool's only address is left alone, in milliseconds.
    long backoffMillis() {
        return stats().getFirst().getConfigList("addresses").getFirst().getLong("backoffMillis");
    }

    /// Requires that an answer whose beginning was read is broken off here, by FIN or reset.
    static void expectCut(Wire wire) {
        try {
            wire.expectEnd();
        } catch (AssertionError e) {
            String message = String.valueOf(e.getMessage());
            if (message.startsWith("expected the end") || message.startsWith("nothing came")) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        wires.forEach(Wire::close);
        gateway.close();
    }

    /// The sample of a metric that is about the pool and has these labels; 0 when there is none.
    private double number(String metric, String... labels) {
        return gateway.metrics()
                .lines()
                .filter(line -> line.startsWith(metric + "{"))
                .filter(line -> line.contains("destination=\"" + pool + "\""))
                .filter(line -> Arrays.stream(labels).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
