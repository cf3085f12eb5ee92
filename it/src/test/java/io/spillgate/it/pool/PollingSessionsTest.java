package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendReply;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Clients that open a session by long polling, as those of Engine.IO 4 do, at two backends that
/// keep their sessions in memory.
final class PollingSessionsTest {
    private static final int CLIENTS = 100;
    private static final int ROUNDS = 3;
    private static final String UNKNOWN = "{\"code\":1,\"message\":\"Session ID unknown\"}";

    private final AtomicInteger sessions = new AtomicInteger();
    @AutoClose private final Backend one = Backend.start(new Sessions());
    @AutoClose private final Backend other = Backend.start(new Sessions());

    @Test
    void stayWholeWithACookie() throws Exception {
        String toml = StickyGateway.toml("cookie:place", List.of(one, other), "");
        assertThat(wholeThrough(toml)).isEqualTo(CLIENTS);
        assertThat(one.requests().size()).isBetween(CLIENTS, other.requests().size() * 2);
        assertThat(other.requests().size()).isBetween(CLIENTS, one.requests().size() * 2);
    }

    @Test
    void breakWithout() throws Exception {
        String toml = PoolGateway.destination("x", List.of(one.address(), other.address()), "");
        assertThat(wholeThrough(toml)).isLessThan(CLIENTS);
    }

    /// How many of the clients had nothing but answers 200.
    private int wholeThrough(String toml) throws Exception {
        try (PoolGateway gateway = new PoolGateway(toml, "x");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Client client = new Client(gateway);
                clients.add(threads.submit(client::run));
            }
            int whole = 0;
            for (Future<Boolean> client : clients) {
                whole += client.get() ? 1 : 0;
            }
            return whole;
        }
    }

    /// A client that keeps cookies and has a connection for each request.
    private static final class Client {
        private final PoolGateway gateway;
        private String cookie = "";

        Client(PoolGateway gateway) {
            this.gateway = gateway;
        }

        boolean run() {
            Answer open = send("GET", "", "");
            String sid = open.body().replaceAll(".*\"sid\":\"([0-9]+)\".*", "$1");
            boolean whole = send("POST", "&sid=" + sid, "40").body().equals("ok");
            for (int i = 0; i < ROUNDS && whole; i++) {
                whole =
                        send("GET", "&sid=" + sid, "").body().startsWith("4")
                                && send("POST", "&sid=" + sid, "42[\"hi\"]").body().equals("ok");
            }
            return whole;
        }

        private Answer send(String method, String query, String body) {
            try (Wire wire = gateway.gateway().connect()) {
                wire.sendLines(
                        "%s /api/socket.io/?EIO=4&transport=polling%s HTTP/1.1\nHost: test\n"
                                .formatted(method, query));
                if (!cookie.isEmpty()) {
                    wire.sendLines("Cookie: " + cookie + "\n");
                }
                wire.sendLines("Content-Length: " + body.length() + "\n\n").send(body);
                Answer answer = wire.answer();
                for (String set : answer.values("Set-Cookie")) {
                    cookie = set.split(";", 2)[0];
                }
                return answer;
            }
        }
    }

    /// A backend's memory.
    private final class Sessions implements Backend.Script {
        private final Map<String, Integer> polls = new ConcurrentHashMap<>();
        private final Set<String> connected = ConcurrentHashMap.newKeySet();

        @Override
        public void run(BackendRequest request, BackendReply reply) throws IOException {
            int at = request.target().indexOf("&sid=");
            String sid = at < 0 ? "" : request.target().substring(at + 5);
            if (sid.isEmpty()) {
                String made = String.valueOf(sessions.incrementAndGet());
                polls.put(made, 0);
                reply.ok("0{\"sid\":\"" + made + "\",\"upgrades\":[],\"pingInterval\":25000}");
            } else if (!polls.containsKey(sid)) {
                reply.sendLines(
                        "HTTP/1.1 400 Bad Request\nContent-Length: %d\n\n%s"
                                .formatted(UNKNOWN.length(), UNKNOWN));
            } else if (request.method().equals("POST")) {
                connected.add(sid);
                reply.ok("ok");
            } else {
                int number = polls.merge(sid, 1, Integer::sum);
                reply.ok((connected.contains(sid) ? "42" : "40") + "[" + number + "]");
            }
        }
    }
}
