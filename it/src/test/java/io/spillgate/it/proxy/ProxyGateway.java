package io.spillgate.it.proxy;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

/// A gateway that sends everything to one backend, the destination `backend`.
final class ProxyGateway implements AutoCloseable {
    private final Backend backend;
    private final TestGateway gateway;

    private ProxyGateway(Backend backend, TestGateway gateway) {
        this.backend = backend;
        this.gateway = gateway;
    }

    /// A gateway with default values.
    static ProxyGateway start(Backend backend) {
        return start(backend, "");
    }

    /// A gateway with some settings, whole keys with dots; those of the destination begin with
    /// `http-destinations.backend.`.
    static ProxyGateway start(Backend backend, String settings) {
        return start(backend, settings, "");
    }

    /// A gateway with some settings, and some keys of the route.
    static ProxyGateway start(Backend backend, String settings, String routeKeys) {
        try {
            return new ProxyGateway(backend, TestGateway.start(toml(backend, settings, routeKeys)));
        } catch (RuntimeException | Error e) {
            backend.close();
            throw e;
        }
    }

    /// The configuration of such a gateway.
    static String toml(Backend backend, String settings, String routeKeys) {
        return """
        http-destinations.backend.addresses = ["%s"]
        %s
        [[routes]]
        path = "/*"
        proxy = "backend"
        %s
        """
                .formatted(backend.address(), settings, routeKeys);
    }

    Backend backend() {
        return backend;
    }

    TestGateway gateway() {
        return gateway;
    }

    /// A new connection of a client.
    Wire connect() {
        return gateway.connect();
    }

    /// Sends one request over a new connection, every LF as CRLF, and reads the answer.
    Answer ask(String lines) {
        return gateway.ask(lines);
    }

    /// Sends GET over a new connection.
    Answer get(String target) {
        return ask("GET " + target + " HTTP/1.1\nHost: test\n\n");
    }

    /// A number of the destination's pool.
    ///
    /// @param name without `spillgate_pool_`
    double pool(String name) {
        return gateway.metric(sample(name));
    }

    /// Waits until a number of the destination's pool has a value.
    void awaitPool(String name, double value) {
        gateway.awaitMetric(sample(name), value);
    }

    @Override
    public void close() {
        gateway.close();
        backend.close();
    }

    private static String sample(String name) {
        return "spillgate_pool_" + name + "{destination=\"backend\"}";
    }
}
