package io.spillgate.it.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Await;
import io.spillgate.it.process.Program;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/// The page that `serve` without a file has at `/`, in a real browser.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DemoPageTest {
    private static final int QUEUE_SIZE = 5;
    private static final String[] SETS = {
        "hub.retry=100ms", "http.max_message_queue_size=" + QUEUE_SIZE
    };

    @TempDir static Path profile = Path.of("");
    private Chromium browser;
    private Program serve;
    private Page page;

    @BeforeAll
    void startTheBrowser() {
        browser = Chromium.start(profile);
    }

    @AfterAll
    void endTheBrowser() {
        browser.close();
    }

    @BeforeEach
    void open() {
        serve = Program.serve(SETS);
        page = browser.open(serve.url() + "/");
        page.awaitText("#state", "open");
    }

    @AfterEach
    void close() {
        page.close();
        serve.close();
    }

    @Test
    void showsWhatIsPublished() {
        serve.publish("demo", "hello, wörld\nsecond line");
        page.awaitText("#events li", "hello, wörld\nsecond line");
        assertThat(page.text("#count")).isEqualTo("1");
    }

    @Test
    void showsTheNewestFirst() {
        serve.publish("demo", "one");
        serve.publish("demo", "two");
        page.awaitText("#events li:first-child", "two");
        assertThat(page.text("#events li:last-child")).contains("one");
    }

    @Test
    void showsTypeAndIdOfAnEvent() {
        String id = serve.publish("demo?event=alert", "fire");
        page.awaitText("#events li", "fire");
        assertThat(page.text("#events li")).contains("alert", id);
    }

    @Test
    void showsEventsOfEveryType() {
        serve.publish("demo?event=never-heard-of", "one");
        page.awaitText("#events li", "one");
        assertThat(page.text("#events li")).contains("never-heard-of");
        assertThat(page.text("#count")).isEqualTo("1");
    }

    @Test
    void beginsWithWhatIsKept() {
        serve.publish("demo", "before the page");
        serve.publish("demo", "and one more");
        page.navigate(serve.url() + "/?again");
        page.awaitText("#events li:first-child", "and one more");
        assertThat(page.text("#events li:last-child")).contains("before the page");
        assertThat(page.count(".gap")).isZero();
    }

    @Test
    void cutsWhatIsTooLongToRead() {
        serve.publish("demo", "x".repeat(100_000));
        page.awaitText("#events li", "… and 90000 more");
    }

    @Test
    void fitsANarrowScreen() {
        page.type("#topic", "a-very-long-name-of-a-topic/".repeat(5));
        page.click("#subscribe button");
        page.awaitText("#state", "open");
        String topic = "a-very-long-name-of-a-topic/".repeat(5);
        serve.publish(
                topic + "?event=" + "type".repeat(20) + "&id=" + "id".repeat(60), "x".repeat(300));
        page.awaitText("#events li", "xxx");
        for (int width : new int[] {320, 360, 600}) {
            page.resize(width, 640);
            page.await("it is " + width + " wide", "innerWidth === " + width);
            assertThat(page.evaluate("document.documentElement.scrollWidth"))
                    .as("the width of what is shown on %s", width)
                    .isEqualTo(String.valueOf(width));
        }
    }

    @Test
    void showsMarkupAsText() {
        String markup = "<b onclick='x'>bold</b><script>document.title = 'owned'</script>";
        serve.publish("demo", markup);
        page.awaitText("#events li", markup);
        assertThat(page.count("#events b")).isZero();
    }

    @Test
    void comesBackAfterACrashOfTheGatewayAndTellsTheGap() throws InterruptedException {
        String id = serve.publish("demo", "before");
        page.awaitText("#events li", "before");
        serve.crash();
        page.awaitText("#state", "reconnecting");
        serve = serve.again(SETS);
        page.awaitText(".gap", "restarted");
        assertThat(page.text(".gap")).contains(id);
        page.awaitText("#state", "open");
        assertThat(page.text("#reconnects")).isEqualTo("1");
        serve.publish("demo", "of the new process");
        page.awaitText("#events li:first-child", "of the new process");
        assertThat(page.text("#events li:nth-child(2)")).startsWith("gap");
        assertThat(page.text("#events li:nth-child(3)")).contains("before");
        assertThat(page.count("#events li")).isEqualTo(3);
    }

    @Test
    void tellsHowManyEventsWereDroppedWhileItDidNotRead() {
        String large = "x".repeat(100_000);
        page.stop();
        Await.until(
                "an event is dropped",
                () -> {
                    serve.publish("demo?event=not-shown", large);
                    return dropped() > 0;
                });
        page.goOn();
        Await.until("the page has caught up", () -> serve.metric("spillgate_queue_depth") == 0);
        serve.publish("demo", "after");
        page.awaitText("#events li", "after");
        assertThat(page.text(".gap")).contains("overflow", dropped() + " event");
        assertThat(page.text("#reconnects")).isEqualTo("0");
    }

    @Test
    void followsAnotherTopic() {
        serve.publish("demo", "of the first topic");
        page.awaitText("#events li", "of the first topic");
        page.type("#topic", "news/höme");
        page.click("#subscribe button");
        page.await(
                "the old events are gone", "document.querySelectorAll('#events li').length == 0");
        page.awaitText("#state", "open");
        page.awaitText("#curl", "/events/news/h%C3%B6me");
        serve.publish("demo", "of the first topic again");
        serve.publish("news/h%C3%B6me", "of the second topic");
        page.awaitText("#events li", "of the second topic");
        assertThat(page.count("#events li")).isEqualTo(1);
    }

    private int dropped() {
        return (int) serve.metric("spillgate_messages_dropped_total");
    }
}
