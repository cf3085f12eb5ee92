package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// A gateway whose route `/api/*` has an affinity, and its backends, each of which answers with its
/// number, from 0.
public final class StickyGateway implements AutoCloseable {
    private static final String ROUTE = "proxy = \"x\"\n";

    private final CountDownLatch gate = new CountDownLatch(1);
    private final List<Backend> backends = new ArrayList<>();
    private PoolGateway gateway;
    private final String affinity;

    private StickyGateway(String affinity, String keys, int backends, String head) {
        this.affinity = affinity;
        for (int i = 0; i < backends; i++) {
            String name = String.valueOf(i);
            this.backends.add(
                    Backend.start((request, reply) -> {
                        if (request.target().startsWith("/api/held")) {
                            gate.await();
                        }
                        reply.ok(name);
                    }));
        }
        this.gateway = start(this.backends, keys, head);
    }

    /// With so many backends.
    ///
    /// @param keys of the destination, one a line
    public static StickyGateway start(String affinity, int backends, String keys) {
        return start(affinity, backends, keys, "");
    }

    /// The same, with more in the file.
    ///
    /// @param head of the file
    public static StickyGateway start(String affinity, int backends, String keys, String head) {
        return new StickyGateway(affinity, keys, backends, head);
    }

    /// The file of such a gateway.
    public static String toml(String affinity, List<Backend> backends, String keys) {
        return PoolGateway.destination("x", backends.stream().map(Backend::address).toList(), keys)
                .replace(ROUTE, ROUTE + "affinity = \"" + affinity + "\"\n");
    }

    PoolGateway gateway() {
        return gateway;
    }

    Backend backend(int number) {
        return backends.get(number);
    }

    List<Backend> backends() {
        return backends;
    }

    /// Stops the gateway and starts one that knows the backends in another order.
    void restart() {
        gateway.close();
        gateway = start(backends.reversed(), "", "");
    }

    /// Has the gateway take over other keys of the destination.
    void reload(String keys) {
        gateway.gateway().gateway().apply(TestGateway.config(toml(affinity, backends, keys)));
    }

    /// Asks over a new connection: the number of the backend.
    int ask(String... headerLines) {
        return number(gateway.get("x", headerLines));
    }

    /// A request that is answered when [#open] was called, over a new connection.
    Wire hold(String path, String... headerLines) {
        return gateway.ask("held/" + path, headerLines);
    }

    /// Lets all answers go.
    void open() {
        gate.countDown();
    }

    /// The first keys, as lines of a header `Key`, and where each goes.
    Map<String, Integer> keys(int count) {
        Map<String, Integer> keys = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String line = "Key: k" + i;
            keys.put(line, ask(line));
        }
        return keys;
    }

    /// A line of a header `Key` that goes to a backend.
    String keyOf(int backend) {
        for (int i = 0; i < 1000; i++) {
            String line = "Key: k" + i;
            if (ask(line) == backend) {
                return line;
            }
        }
        throw new AssertionError("no key of 1000 goes to backend " + backend);
    }

    /// How many requests a backend has had.
    int asked(int backend) {
        return backends.get(backend).requests().size();
    }

    static int number(Answer answer) {
        assertThat(answer.status()).describedAs(answer.body()).isEqualTo(200);
        return Integer.parseInt(answer.body());
    }

    @Override
    public void close() {
        open();
        gateway.close();
        backends.forEach(Backend::close);
    }

    private PoolGateway start(List<Backend> all, String keys, String head) {
        return new PoolGateway(head + toml(affinity, all, keys), "x");
    }
}
