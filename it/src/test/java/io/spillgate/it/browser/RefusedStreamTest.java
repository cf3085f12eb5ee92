package io.spillgate.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Upload;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/// A browser whose subscription is refused because there is no room.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RefusedStreamTest {
    private static final String TOKEN = "Authorization: Bearer open-sesame";
    private static final String SUBSCRIBE =
            """
            (window.seen = [],
             window.source = new EventSource('/events/t'),
             source.onopen = () => seen.push('open'),
             source.onmessage = event => seen.push(event.data))
            """;

    @TempDir static Path profile = Path.of("");
    private Chromium browser;

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

    @Test
    void comesBackByItselfAndHearsEventsWhenThereIsRoomAgain() {
        try (TestGateway gateway = full("softRefusal = true");
                Upload upload = fill(gateway);
                Page page = open(gateway)) {
            page.evaluate(SUBSCRIBE);
            page.await("it was refused", "seen.length > 0 && source.readyState == 0");
            awaitRefusals(gateway, 2);
            upload.finish();
            gateway.awaitMetric("spillgate_sse_active_connections", 1);
            gateway.publish("t", "hello again");
            page.await("the event came", "seen.at(-1) == 'hello again'");
        }
    }

    @Test
    void givesUpForEverWhereItIsRefusedByAnError() {
        try (TestGateway gateway = full("softRefusal = false");
                Upload upload = fill(gateway);
                Page page = open(gateway)) {
            page.evaluate(SUBSCRIBE);
            page.await("it gives up", "source.readyState == 2 && seen.length == 0");
            upload.finish();
            assertThat(gateway.metric("spillgate_sse_active_connections")).isZero();
        }
    }

    /// A gateway with one place and no line.
    private static TestGateway full(String setting) {
        return TestGateway.start(
                """
                hub.retry = "200ms"
                hub.publish_tokens = ["open-sesame"]
                [[routes]]
                path = "/"
                reply = { content_type = "text/html", body = "<!doctype html><p>ready" }
                [server.backpressure]
                maxLimit = 1
                queueSize = 0
                %s
                """
                        .formatted(setting));
    }

    /// Takes the one place.
    private static Upload fill(TestGateway gateway) {
        Upload upload = Upload.open(gateway.connect(), "other", TOKEN);
        gateway.awaitMetric("spillgate_admission_in_flight", 1);
        return upload;
    }

    private Page open(TestGateway gateway) {
        Page page = browser.open("http://127.0.0.1:" + gateway.address().getPort() + "/");
        page.awaitText("p", "ready");
        return page;
    }

    private static void awaitRefusals(TestGateway gateway, int count) {
        Await.until(
                "it came back " + count + " times",
                () ->
                        gateway.metric("spillgate_requests_rejected_total{reason=\"admission\"}")
                                >= count);
    }
}
