package io.spillgate.it.browser;

import io.spillgate.it.harness.TestGateway;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/// Which pages of other origins a browser lets read a stream.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OriginTest {
    private static final String SITE =
            """
            [[routes]]
            path = "/"
            reply = { body = "<!doctype html><title>elsewhere</title>", content_type = "text/html" }
            """;

    /// Runs in the page: subscribes and keeps what comes of it.
    private static final String SUBSCRIBE =
            """
            (window.seen = [],
             window.source = new EventSource('STREAM'),
             source.onopen = () => seen.push('open'),
             source.onmessage = event => seen.push(event.data),
             source.onerror = () => seen.push(source.readyState == 2 ? 'refused' : 'broken'))
            """;

    @TempDir static Path profile = Path.of("");
    private Chromium browser;
    private TestGateway site;

    @BeforeAll
    void start() {
        browser = Chromium.start(profile);
        site = TestGateway.start(SITE);
    }

    @AfterAll
    void stop() {
        site.close();
        browser.close();
    }

    @Test
    void everyOneMayByDefault() {
        try (TestGateway gateway = TestGateway.start("");
                Page page = subscribed(gateway)) {
            page.await("the stream is open", "seen.join() == 'open'");
            gateway.publish("t", "for all");
            page.await("the event is there", "seen.join() == 'open,for all'");
        }
    }

    @Test
    void theConfiguredOneMay() {
        String toml = "http.cors_allowed_origins = \"%s\"".formatted(origin());
        try (TestGateway gateway = TestGateway.start(toml);
                Page page = subscribed(gateway)) {
            page.await("the stream is open", "seen.join() == 'open'");
        }
    }

    @Test
    void oneOfTheListMay() {
        String toml =
                "http.cors_allowed_origins = [\"https://a.example\", \"%s\"]".formatted(origin());
        try (TestGateway gateway = TestGateway.start(toml);
                Page page = subscribed(gateway)) {
            page.await("the stream is open", "seen.join() == 'open'");
        }
    }

    @Test
    void noOtherThanTheConfiguredOneMay() {
        String toml = "http.cors_allowed_origins = \"https://a.example\"";
        try (TestGateway gateway = TestGateway.start(toml);
                Page page = subscribed(gateway)) {
            page.await("the browser refuses", "seen.join() == 'refused'");
        }
    }

    private Page subscribed(TestGateway gateway) {
        Page page = browser.open(origin() + "/");
        String stream = "http://127.0.0.1:" + gateway.address().getPort() + "/events/t";
        page.evaluate(SUBSCRIBE.replace("STREAM", stream));
        return page;
    }

    private String origin() {
        return "http://127.0.0.1:" + site.address().getPort();
    }
}
