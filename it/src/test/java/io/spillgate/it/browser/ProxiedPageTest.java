package io.spillgate.it.browser;

import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.TestGateway;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/// A page of a backend, and its connections to that backend, all through the gateway.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ProxiedPageTest {
    private static final String WEBSOCKET =
            """
            (window.seen = [],
             window.socket = new WebSocket('ws://' + location.host + '/ws'),
             socket.onopen = () => seen.push('open'),
             socket.onmessage = event => seen.push(event.data),
             socket.onclose = event => seen.push('closed ' + event.wasClean + ' ' + event.code),
             socket.onerror = () => seen.push('error'))
            """;
    private static final String EVENTS =
            """
            (window.seen = [],
             window.source = new EventSource('/stream'),
             source.onopen = () => seen.push('open'),
             source.onmessage = event => seen.push(event.data),
             source.onerror = () => seen.push('error'))
            """;

    @TempDir static Path profile = Path.of("");
    private final WebBackend web = new WebBackend();
    private Chromium browser;
    private Backend backend;
    private TestGateway gateway;
    private Page page;

    @BeforeAll
    void start() {
        browser = Chromium.start(profile);
    }

    @AfterAll
    void stop() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void open() {
        backend = Backend.start(Backend.Reading.AT_HEAD, web);
        gateway =
                TestGateway.start(
                        """
                        http-destinations.web.addresses = ["%s"]
                        [[routes]]
                        path = "/*"
                        proxy = "web"
                        """
                                .formatted(backend.address()));
        page = browser.open("http://127.0.0.1:" + gateway.address().getPort() + "/");
        page.awaitText("p", "proxied");
    }

    @AfterEach
    void close() {
        page.close();
        gateway.close();
        backend.close();
    }

    @Test
    void talksOverAWebSocket() {
        page.evaluate(WEBSOCKET);
        page.await("it is open", "seen.join() == 'open'");
        page.evaluate("socket.send('hello')");
        page.await("the echo came", "seen.join() == 'open,hello'");
        page.evaluate("socket.send('x'.repeat(60000))");
        page.await("the large echo came", "seen.length == 3 && seen[2] == 'x'.repeat(60000)");
        page.evaluate("socket.close(1000)");
        page.await("it is closed", "seen[3] == 'closed true 1000'");
        gateway.awaitMetric("spillgate_pool_in_flight{destination=\"web\"}", 0);
    }

    @Test
    void hearsTheEventsOfTheBackend() {
        page.evaluate(EVENTS);
        page.await("it is open", "seen.join() == 'open'");
        for (int i = 1; i <= 3; i++) {
            web.say("event " + i);
            page.await(
                    "the event came",
                    "seen.length == %d && seen.at(-1) == 'event %d'".formatted(i + 1, i));
        }
        page.evaluate("source.close()");
        gateway.awaitMetric("spillgate_pool_in_flight{destination=\"web\"}", 0);
        web.say("to nobody");
    }
}
