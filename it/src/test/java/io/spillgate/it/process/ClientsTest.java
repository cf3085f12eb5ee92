package io.spillgate.it.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.EventStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The gateway, and its own clients and curl, each in a process of its own.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@DisabledOnOs(OS.WINDOWS)
final class ClientsTest {
    private static final int MANY = 10_000;

    @Test
    void curlSeesWhatCurlPublishes() throws Exception {
        assumeTrue(isOnPath("curl"), "curl is not on the PATH");
        try (Program serve = Program.serve();
                Program subscriber = curl("-N", serve.url() + "/events/demo")) {
            subscriber.out().lineWith(":ok");
            try (Program publisher = curl("-d", "hello", serve.adminUrl() + "/events/demo")) {
                assertThat(publisher.exitStatus()).isZero();
                String answer = publisher.out().lineWith("published");
                assertThat(answer).matches("\\{\"id\":\"[^\"]+\",\"published\":1}");
                assertThat(subscriber.out().lineWith("data:")).isEqualTo("data: hello");
                String id = answer.substring(7, answer.indexOf('"', 7));
                assertThat(subscriber.out().lineWith(id)).isEqualTo("id: " + id);
            }
        }
    }

    @Test
    void tailComesBackAfterACrashOfTheGatewayAndTellsTheGap() throws Exception {
        try (Program serve = Program.serve("hub.retry=100ms");
                Program tail = Program.spillgate("tail", "--url", serve.url(), "demo")) {
            awaitStreams(serve, 1);
            String id = serve.publish("demo", "before");
            tail.out().lineWith("data: before");
            serve.crash();
            tail.err().lineWith("again in");
            try (Program next = serve.again()) {
                assertThat(tail.err().lineWith("events are missing here"))
                        .contains("\"reason\":\"restarted\"")
                        .contains("\"after\":\"" + id + "\"");
                next.publish("demo", "after");
                tail.out().lineWith("data: after");
                assertThat(tail.out().lines()).filteredOn("data: before"::equals).hasSize(1);
            }
        }
    }

    @Test
    void tailTellsTheShutdownOfAGatewayThatHadNoEventForIt() throws Exception {
        try (Program serve = Program.serve();
                Program tail = Program.spillgate("tail", "--url", serve.url(), "demo")) {
            awaitStreams(serve, 1);
            serve.signal("TERM");
            tail.err().lineWith("the gateway shuts down");
            assertThat(serve.exitStatus()).isZero();
            assertThat(tail.out().lines()).isEmpty();
        }
    }

    @Test
    void publishesAnEndlessStreamWhileItIsWritten() throws Exception {
        try (Program serve = Program.serve();
                EventStream stream = serve.subscribe("demo");
                Program publish = uploadTo(serve)) {
            publish.type("data: first\n\n");
            assertThat(stream.event().data()).isEqualTo("first");
            publish.type("event: tick\ndata: second\n\ndata: unfinished");
            assertThat(stream.event().field("event")).isEqualTo("tick");
            assertThat(publish.out().lines()).isEmpty();
            publish.endInput();
            assertThat(publish.exitStatus()).isZero();
            serve.publish("demo", "last");
            assertThat(stream.event().data()).isEqualTo("last");
        }
    }

    @Test
    void publishesAFileOfManyEventsInOrder() throws Exception {
        List<String> data = IntStream.range(0, MANY).mapToObj(i -> "event " + i).toList();
        try (Program serve = Program.serve("http.max_message_queue_size=" + MANY);
                EventStream stream = serve.subscribe("demo");
                Program publish = uploadTo(serve)) {
            data.forEach(text -> publish.type("data: " + text + "\n\n"));
            publish.endInput();
            assertThat(publish.exitStatus()).isZero();
            assertThat(stream.data(MANY)).isEqualTo(data);
        }
    }

    private static Program uploadTo(Program serve) {
        return Program.spillgate("publish", "--url", serve.adminUrl(), "--stream", "demo");
    }

    private static void awaitStreams(Program serve, int count) {
        Await.until(
                count + " streams are open",
                () -> serve.metric("spillgate_sse_active_connections") == count);
    }

    private static Program curl(String... arguments) {
        return Program.command(
                Stream.concat(Stream.of("curl", "-sS"), Stream.of(arguments)).toList());
    }

    private static boolean isOnPath(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, program))
                .anyMatch(Files::isExecutable);
    }
}
