package io.spillgate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// nginx in front of the gateway cuts what says nothing for two seconds, and a backend that says
/// nothing for longer.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@DisabledOnOs(OS.WINDOWS)
final class NginxSilenceTest {
    private static final int EVENTS = 100;

    /// After so many seconds nginx would have cut the stream twice.
    private static final int COMMENTS = 4;

    @TempDir private Path folder = Path.of("");

    private final CountDownLatch silence = new CountDownLatch(1);

    @Test
    void aStreamOfASilentBackendIsNotCut() throws IOException {
        try (Backend backend =
                        Backend.start((request, reply) -> {
                            reply.sendLines("HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\n");
                            for (int i = 0; i < EVENTS; i++) {
                                if (i == EVENTS / 2) {
                                    silence.await();
                                }
                                reply.send("data: " + i + "\n\n");
                            }
                            reply.close();
                        });
                TestGateway gateway = gateway(backend);
                Nginx nginx = Nginx.start(folder, "", location(gateway));
                Wire wire = connect(nginx)) {
            wire.sendLines("GET /chat HTTP/1.1\nHost: test\n\n");
            Answer head = wire.head();
            assertThat(head.status()).isEqualTo(200);
            EventStream stream = EventStream.over(wire, head);
            for (int i = 0; i < EVENTS; i++) {
                if (i == EVENTS / 2) {
                    gateway.awaitMetric("spillgate_proxy_keepalives_total", COMMENTS);
                    silence.countDown();
                }
                assertThat(stream.event().data()).isEqualTo(String.valueOf(i));
            }
        }
    }

    private static TestGateway gateway(Backend backend) {
        return TestGateway.start(
                """
                [[routes]]
                path = "/*"
                proxy = "http://%s"
                keepalive = 1
                """
                        .formatted(backend.address()));
    }

    private static String location(TestGateway gateway) {
        return """
        location / {
            proxy_pass http://127.0.0.1:%d;
            proxy_http_version 1.1;
            proxy_read_timeout 2s;
        }
        """
                .formatted(gateway.address().getPort());
    }

    private static Wire connect(Nginx nginx) {
        String[] address = nginx.authority().split(":", 2);
        return Wire.to(new InetSocketAddress(address[0], Integer.parseInt(address[1])));
    }
}
