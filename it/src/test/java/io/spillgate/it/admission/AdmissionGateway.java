package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.spillgate.config.GatewayConfig;
import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;
import io.spillgate.it.proxy.BackendExchange;
import io.spillgate.it.proxy.SteppedReplies;

import java.util.ArrayList;
import java.util.List;

/// A gateway of two loops that sends `/api/*` to one backend, and what it says of its admission.
///
/// The requests at the backend go to the test's own thread. Whoever publishes on the public
/// listener needs [#TOKEN].
final class AdmissionGateway implements AutoCloseable {
    static final String TOKEN = "Authorization: Bearer open-sesame";

    /// What an [AccessLog] calls the connection that asks for the numbers.
    static final String MARK = "admin";

    private static final String LOOPS = "http.thread_pool_size";
    private static final String CONNECTIONS =
            "http-destinations.backend.backend-connections-per-ip-port";

    private final SteppedReplies replies;
    private final Backend backend;
    private final TestGateway gateway;
    private final Wire admin;
    private final List<Wire> wires = new ArrayList<>();

    private AdmissionGateway(SteppedReplies replies, Backend backend, TestGateway gateway) {
        this.replies = replies;
        this.backend = backend;
        this.gateway = gateway;
        admin = gateway.connectAdmin();
        admin.sendLines("GET /health?mark=" + MARK + " HTTP/1.1\nHost: test\n\n").answer();
    }

    /// A gateway with these settings, whole keys with dots, one a line; the keys of
    /// `server.backpressure` may stand without it, after a dot.
    static AdmissionGateway start(String settings) {
        SteppedReplies replies = new SteppedReplies();
        return start(settings, replies, Backend.start(Backend.Reading.AT_HEAD, replies));
    }

    /// The same, with a backend that knows by itself what to say.
    static AdmissionGateway start(String settings, Backend backend) {
        return start(settings, new SteppedReplies(), backend);
    }

    private static AdmissionGateway start(
            String settings, SteppedReplies replies, Backend backend) {
        try {
            return new AdmissionGateway(
                    replies, backend, TestGateway.start(toml(backend.address(), settings)));
        } catch (RuntimeException | Error e) {
            backend.close();
            throw e;
        }
    }

    /// The configuration of such a gateway.
    static String toml(String backendAddress, String settings) {
        return """
        %s
        hub.publish_tokens = ["open-sesame"]
        http-destinations.backend.addresses = ["%s"]
        %s
        %s
        [[routes]]
        path = "/api/*"
        proxy = "backend"
        [[routes]]
        path = "/fixed"
        reply = { body = "fixed" }
        [[routes]]
        path = "/small/*"
        proxy = "backend"
        max_body_size = "10B"
        """
                .formatted(
                        settings.contains(LOOPS) ? "" : LOOPS + " = 2",
                        backendAddress,
                        settings.contains(CONNECTIONS) ? "" : CONNECTIONS + " = 5000",
                        settings.replaceAll("(?m)^\\.", "server.backpressure."));
    }

    TestGateway gateway() {
        return gateway;
    }

    Backend backend() {
        return backend;
    }

    /// Puts other settings in force.
    void reload(String settings) {
        assertThat(gateway.gateway().apply(config(settings))).isEmpty();
    }

    /// A new connection, closed with this. Connections go to the two loops in turn.
    Wire connect() {
        Wire wire = gateway.connect();
        wires.add(wire);
        return wire;
    }

    /// Sends `GET /api/…` over a new connection.
    Wire get(String path) {
        return ask(getLines(path));
    }

    /// Sends a request over a new connection, every LF as CRLF.
    Wire ask(String lines) {
        return connect().sendLines(lines);
    }

    /// The lines of `GET /api/…`.
    static String getLines(String path) {
        return "GET /api/" + path + " HTTP/1.1\nHost: test\n\n";
    }

    /// Sends the head of `POST /api/…` over a new connection.
    Wire post(String path, String headerLine) {
        return connect()
                .sendLines("POST /api/" + path + " HTTP/1.1\nHost: test\n" + headerLine + "\n\n");
    }

    /// The next request at the backend, as soon as it is there.
    BackendExchange next() {
        return replies.next();
    }

    /// Sends `GET /api/…` over a new connection and waits until it runs.
    Running run(String path) {
        Wire wire = get(path);
        BackendExchange exchange = next();
        assertThat(exchange.request().target()).isEqualTo("/api/" + path);
        return new Running(wire, exchange);
    }

    /// Sends `GET /api/…` over a new connection and waits until one more waits.
    Wire queue(String path) {
        int before = queued();
        Wire wire = get(path);
        awaitQueued(before + 1);
        return wire;
    }

    int limit() {
        return stats().getInt("limit");
    }

    int inFlight() {
        return stats().getInt("inflight");
    }

    int queued() {
        return stats().getInt("queued");
    }

    /// How many were refused for a reason.
    int shed(String reason) {
        return stats().getInt("shed." + reason);
    }

    /// The object `/stats`, over a connection that is kept.
    Config stats() {
        Answer answer = admin.sendLines("GET /stats HTTP/1.1\nHost: test\n\n").answer();
        assertThat(answer.status()).isEqualTo(200);
        return ConfigFactory.parseString(answer.text());
    }

    void awaitInFlight(int count) {
        await("inflight", count);
    }

    void awaitQueued(int count) {
        await("queued", count);
    }

    void awaitLimit(int limit) {
        await("limit", limit);
    }

    private void await(String key, int value) {
        try {
            Await.until(key + " is " + value, () -> stats().getInt(key) == value);
        } catch (AssertionError e) {
            Config stats = stats();
            throw new AssertionError(
                    "%s; limit %d, inflight %d, queued %d, shed %s"
                            .formatted(
                                    e.getMessage(),
                                    stats.getInt("limit"),
                                    stats.getInt("inflight"),
                                    stats.getInt("queued"),
                                    stats.getObject("shed").unwrapped()),
                    e);
        }
    }

    /// Requires that nobody runs and nobody waits.
    void expectEmpty() {
        awaitInFlight(0);
        awaitQueued(0);
    }

    /// Waits until the backend is connected to again, after an attempt that failed.
    void awaitBackend() {
        Await.until(
                "the backend is left alone no longer",
                () ->
                        stats()
                                .getConfigList("pools")
                                .getFirst()
                                .getConfigList("addresses")
                                .stream()
                                .allMatch(address -> address.getLong("backoffMillis") == 0));
    }

    /// Requires that of a limit of 1 nothing is missing, and nothing is too much.
    void expectOnePlace() {
        expectEmpty();
        Running first = run("one");
        Wire second = queue("two");
        assertThat(inFlight()).isEqualTo(1);
        first.finish();
        next().ok("two");
        assertThat(second.answer().body()).isEqualTo("two");
        expectEmpty();
    }

    /// Requires the answer of react-server to one request too many.
    static void expectBusy(Answer answer) {
        assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 503 Service Busy");
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        assertThat(answer.body()).isEqualTo("Service Busy");
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(answer.header("Access-Control-Allow-Methods")).isEqualTo("GET, OPTIONS");
        assertThat(answer.header("Access-Control-Allow-Headers"))
                .isEqualTo("Authorization, Content-Type, Last-Event-ID, Cache-Control");
    }

    @Override
    public void close() {
        wires.forEach(Wire::close);
        admin.close();
        gateway.close();
        backend.close();
    }

    private GatewayConfig config(String settings) {
        return TestGateway.config(toml(backend.address(), settings));
    }

    /// A request that is at the backend.
    ///
    /// @param wire its client's connection
    /// @param exchange its place at the backend
    record Running(Wire wire, BackendExchange exchange) {
        /// Has it answered and read.
        void finish() {
            exchange.ok("done");
            assertThat(wire.answer().body()).isEqualTo("done");
        }
    }
}
