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
        try (NodeProgram program = NodeProgram.start(file);
                TestGateway gateway = before(program, "")) {
            program.meet(gateway);
            assertThat(program.outcome()).isEqualTo("200 deltas");
        }
    }

    @Test
    void fiftyClientsOfAToolServerFitThroughFourConnections() throws InterruptedException {
        try (NodeProgram program = NodeProgram.start("modelcontextprotocol.mjs");
                TestGateway gateway = before(program, "backend-connections-per-ip-port = 4")) {
            program.meet(gateway);
            assertThat(program.outcome()).isEqualTo("50 clients, 50 streams");
        }
    }

    @Test
    void clientsOfSocketIoMeetInARoomAfterTheirUpgrade() throws InterruptedException {
        try (NodeProgram program = NodeProgram.start("socket.io.mjs", "1", "rooms");
                TestGateway gateway = before(program, "")) {
            program.meet(gateway);
            assertThat(program.outcome()).isEqualTo("10 upgraded");
        }
    }

    @Test
    void clientsOfSocketIoConnectByPollingAlone() throws InterruptedException {
        try (NodeProgram program = NodeProgram.start("socket.io.mjs", "1", "connects");
                TestGateway gateway = before(program, "")) {
            program.meet(gateway);
            assertThat(program.outcome()).isEqualTo("100 connected to 1");
        }
    }

    /// Each server has its sessions in its own memory.
    @Test
    void clientsOfSocketIoStayWithTheirServer() throws InterruptedException {
        try (NodeProgram program = NodeProgram.start("socket.io.mjs", "2", "connects");
                TestGateway gateway = before(program, "", "affinity = \"cookie:place\"")) {
            program.meet(gateway);
            assertThat(program.outcome()).isEqualTo("100 connected to 2");
        }
    }

    @Test
    void commentsBetweenTheLinesOfAnEventStreamChangeNothingForItsReaders()
            throws InterruptedException {
        try (NodeProgram program = NodeProgram.start("comments.mjs");
                TestGateway gateway = before(program, "")) {
            program.meet(gateway);
            assertThat(program.outcome()).isEqualTo("5 readers");
        }
    }

    /// A gateway that sends everything to the program's backends.
    ///
    /// @param keys of the destination, one a line
    private static TestGateway before(NodeProgram program, String keys) {
        return before(program, keys, "");
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
