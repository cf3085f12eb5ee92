package io.spillgate.it.harness;

import io.spillgate.Gateway;
import io.spillgate.app.config.ConfigException;
import io.spillgate.app.config.ConfigReader;
import io.spillgate.config.AdminConfig;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.HttpConfig;
import io.spillgate.config.ServerConfig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A gateway started in this process from a TOML text, on free ports of the loopback interface.
public final class TestGateway implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1:0";

    private final Gateway gateway;

    private TestGateway(Gateway gateway) {
        this.gateway = gateway;
    }

    /// Starts it; where the text binds nothing, both listeners get free ports.
    public static TestGateway start(String toml) {
        return start(toml, () -> new Gateway.Reloaded(false, List.of("nothing to reload")));
    }

    /// Like [#start(String)], with an operator that answers `POST /reload`.
    public static TestGateway start(String toml, Gateway.Operator operator) {
        try {
            return new TestGateway(Gateway.start(config(toml), operator));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What the text means, with the listeners on free ports; where it lists no hosts, the admin
    /// listener may be called `test`, and a shutdown has no time of grace where it says none.
    public static GatewayConfig config(String toml) {
        GatewayConfig asWritten = read(toml, List.of());
        List<String> sets = new ArrayList<>();
        if (asWritten.http().bindAddress().equals(HttpConfig.DEFAULT.bindAddress())) {
            sets.add("http.bind_address=" + LOOPBACK);
        }
        if (asWritten.admin().bindAddress().equals(AdminConfig.DEFAULT.bindAddress())) {
            sets.add("admin.bind_address=" + LOOPBACK);
        }
        if (asWritten.admin().hosts().isEmpty()) {
            sets.add("admin.hosts=test");
        }
        Duration grace = asWritten.server().drainGrace();
        if (grace.equals(ServerConfig.DEFAULT.drainGrace())) {
            sets.add("server.drainGrace=0");
        }
        return sets.isEmpty() ? asWritten : read(toml, sets);
    }

    /// The gateway itself.
    public Gateway gateway() {
        return gateway;
    }

    /// Where the public listener is.
    public InetSocketAddress address() {
        return gateway.httpAddress();
    }

    /// Where the admin listener is.
    public InetSocketAddress adminAddress() {
        return gateway.adminAddress().orElseThrow();
    }

    /// A new connection to the public listener.
    public Wire connect() {
        return Wire.to(address());
    }

    /// A new connection to the admin listener.
    public Wire connectAdmin() {
        return Wire.to(adminAddress());
    }

    /// Sends one request to the public listener, reads the answer and closes.
    ///
    /// @param lines every LF goes out as CRLF
    public Answer ask(String lines) {
        try (Wire wire = connect()) {
            return wire.sendLines(lines).answer();
        }
    }

    /// Sends one request to the admin listener, reads the answer and closes.
    public Answer askAdmin(String lines) {
        try (Wire wire = connectAdmin()) {
            return wire.sendLines(lines).answer();
        }
    }

    /// Subscribes over a new connection; see [EventStream#open].
    public EventStream subscribe(String target, String... headerLines) {
        return EventStream.open(connect(), target, headerLines);
    }

    /// A publisher over a new connection to the admin listener.
    public Publisher publisher() {
        return new Publisher(connectAdmin());
    }

    /// Publishes one event and returns its id.
    public String publish(String target, String data) {
        try (Publisher publisher = publisher()) {
            return publisher.publish(target, data);
        }
    }

    /// The page of all metrics.
    public String metrics() {
        return askAdmin("GET /metrics HTTP/1.1\nHost: test\nConnection: close\n\n").text();
    }

    /// The value of a metric: the sample of exactly this name and labels, or, for a name without
    /// labels, the sum of its samples.
    ///
    /// @throws AssertionError when there is none
    public double metric(String sample) {
        List<Double> values =
                metrics()
                        .lines()
                        .filter(line ->
                                line.startsWith(sample + " ") || line.startsWith(sample + "{"))
                        .map(line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)))
                        .toList();
        if (values.isEmpty()) {
            throw new AssertionError("no metric " + sample);
        }
        return values.stream().mapToDouble(Double::doubleValue).sum();
    }

    /// Waits until a metric has a value.
    public void awaitMetric(String sample, double value) {
        Await.until(sample + " is " + value, () -> metric(sample) == value);
    }

    @Override
    public void close() {
        gateway.close();
    }

    private static GatewayConfig read(String toml, List<String> sets) {
        try {
            Path file = Files.createTempFile("spillgate", ".toml");
            try {
                Files.writeString(file, toml);
                return ConfigReader.read(Optional.of(file), sets, Map.of()).config();
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
