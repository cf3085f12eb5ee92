package io.spillgate.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.TestGateway;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.stream.Collectors;

/// Packages of npm that people put before and behind a gateway; what they do is in `clients`.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@DisabledOnOs(OS.WINDOWS)
final class NodeClientsTest {
    private static final String STREAMS = "hub.retry = \"100ms\"\n";

    @ParameterizedTest
    @CsvSource({
        "event-source-polyfill.mjs, 2 resumed",
        "fetch-event-source.mjs, 1 resumed",
        "eventsource.mjs, 1 resumed"
    })
    void anEventStreamThatIsCutGoesOnWithNothingLostAndNothingTwice(String file, String outcome)
            throws InterruptedException {
        try (NodeProgram client = NodeProgram.start(file);
                TestGateway gateway = TestGateway.start(STREAMS)) {
            client.meet(gateway);
            assertThat(client.outcome()).isEqualTo(outcome);
        }
    }

    @ParameterizedTest
    @CsvSource({"openai.mjs", "ai.mjs"})
    void aCompletionArrivesAsItIsWrittenAndARefusalWithItsTime(String file)
            throws InterruptedException {
        NodeProgram program = NodeProgram.start(file);
        assertThat(outcome(program, "", "")).isEqualTo("200 deltas");
    }

    @Test
    void fiftyClientsOfAToolServerFitThroughFourConnections() throws InterruptedException {
        NodeProgram program = NodeProgram.start("modelcontextprotocol.mjs");
        assertThat(outcome(program, "backend-connections-per-ip-port = 4", ""))
                .isEqualTo("50 clients, 50 streams");
    }

    @Test
    void clientsOfSocketIoMeetInARoomAfterTheirUpgrade() throws InterruptedException {
        NodeProgram program = NodeProgram.start("socket.io.mjs", "1", "rooms");
        assertThat(outcome(program, "", "")).isEqualTo("10 upgraded");
    }

    @Test
    void clientsOfSocketIoConnectByPollingAlone() throws InterruptedException {
        NodeProgram program = NodeProgram.start("socket.io.mjs", "1", "connects");
        assertThat(outcome(program, "", "")).isEqualTo("100 connected to 1");
    }

    /// Each server has its sessions in its own memory.
    @Test
    void clientsOfSocketIoStayWithTheirServer() throws InterruptedException {
        NodeProgram program = NodeProgram.start("socket.io.mjs", "2", "connects");
        assertThat(outcome(program, "", "affinity = \"cookie:place\""))
                .isEqualTo("100 connected to 2");
    }

    @Test
    void commentsBetweenTheLinesOfAnEventStreamChangeNothingForItsReaders()
            throws InterruptedException {
        NodeProgram program = NodeProgram.start("comments.mjs");
        assertThat(outcome(program, "", "")).isEqualTo("5 readers");
    }

    /// What a program has to say when everything went to its backends; ends it.
    ///
    /// @param keys of the destination, one a line
    /// @param routeKey one more key of the route; may be empty
    private static String outcome(NodeProgram program, String keys, String routeKey)
            throws InterruptedException {
        try (program;
                TestGateway gateway = before(program, keys, routeKey)) {
            program.meet(gateway);
            return program.outcome();
        }
    }

    private static TestGateway before(NodeProgram program, String keys, String routeKey) {
        return TestGateway.start(
                """
                [[routes]]
                path = "/*"
                proxy = "backend"
                %s
                [http-destinations.backend]
                addresses = [%s]
                %s
                """
                        .formatted(routeKey, quoted(program.backends()), keys));
    }

    private static String quoted(List<String> addresses) {
        return addresses.stream().map(one -> '"' + one + '"').collect(Collectors.joining(", "));
    }
}
