package io.spillgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.app.config.ConfigReader;
import io.spillgate.config.ByteSize;
import io.spillgate.config.GatewayConfig;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

class StartupCheckTest {
    private static final String EVERYWHERE =
            "as root: ulimit -n 1200; with systemd: LimitNOFILE=1200; with docker: --ulimit"
                    + " nofile=1200";

    private final Machine machine = new Machine();
    private final List<String> settings = new ArrayList<>();

    @Test
    void findsNothingOnAMachineThatIsLargeEnough() throws Exception {
        assertThat(checks())
                .hasSize(10)
                .allMatch(check -> check.verdict() == Check.Verdict.OK)
                .allMatch(check -> check.fix().isEmpty());
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "1200, 1200, OK, ''",
                "1199, 1200, WARN, ulimit -n 1200",
                "1024, 1199, WARN, " + EVERYWHERE,
                "1024, -, WARN, " + EVERYWHERE,
                "-, -, NOT_CHECKED, ''",
            })
    void comparesTheDescriptorLimitWithTheConnections(
            @Nullable Long soft, @Nullable Long hard, Check.Verdict verdict, String fix)
            throws Exception {
        settings.add("http.max_connections=1000");
        machine.descriptors = soft;
        machine.descriptorsHard = hard;
        expect("descriptors", verdict, fix);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "1200, OK, ''",
                "1199, WARN, sudo sysctl -w fs.file-max=2400",
                "-, NOT_CHECKED, ''"
            })
    void comparesTheOpenFilesOfTheMachineWithTheConnections(
            @Nullable Long fileMax, Check.Verdict verdict, String fix) throws Exception {
        settings.add("http.max_connections=1000");
        machine.fileMax = fileMax;
        expect("open files", verdict, fix);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "10000, 1000, OK, ''",
                "10000, 999, WARN, sudo sysctl -w net.core.somaxconn=65535",
                "5000000, 65535, OK, ''",
                "10000, -, NOT_CHECKED, ''"
            })
    void wantsRoomForATenthOfTheClientsInTheAcceptQueue(
            int connections, @Nullable Long somaxconn, Check.Verdict verdict, String fix)
            throws Exception {
        settings.add("http.max_connections=" + connections);
        machine.somaxconn = somaxconn;
        expect("accept queue", verdict, fix);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "1000, OK, ''",
                "999, WARN, sudo sysctl -w net.ipv4.tcp_max_syn_backlog=65535",
                "-, NOT_CHECKED, ''"
            })
    void wantsTheSameRoomForHalfOpenConnections(
            @Nullable Long backlog, Check.Verdict verdict, String fix) throws Exception {
        settings.add("http.max_connections=10000");
        machine.synBacklog = backlog;
        expect("syn queue", verdict, fix);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "32768, 60999, OK, ''",
                "40000, 60999, WARN, 'sudo sysctl -w net.ipv4.ip_local_port_range=\"10240 65535\"'",
                "-, -, NOT_CHECKED, ''"
            })
    void wantsTheUsualNumberOfLocalPorts(
            @Nullable Integer first, @Nullable Integer last, Check.Verdict verdict, String fix)
            throws Exception {
        machine.ports =
                first == null || last == null ? null : new SystemFacts.PortRange(first, last);
        expect("local ports", verdict, fix);
    }

    @ParameterizedTest
    @CsvSource({
        "100000, 0, 1024, OK, ''",
        "500000, 0, 1024, WARN, SPILLGATE_JAVA_OPTS=-Xmx2669m",
        "500000, 0, 2670, OK, ''",
        "1000, 1GiB, 1024, WARN, SPILLGATE_JAVA_OPTS=-Xmx1076m",
        "1000, 1GiB, 1076, OK, ''",
    })
    void wantsAHeapForTheStreamsAndTheEvents(
            int connections, String hubMemory, long heapMib, Check.Verdict verdict, String fix)
            throws Exception {
        settings.add("http.max_connections=" + connections);
        settings.add("hub.memory=" + hubMemory);
        machine.heapBytes = heapMib * ByteSize.MIB;
        expect("heap", verdict, fix);
    }

    @ParameterizedTest
    @CsvSource({"1366, OK, ''", "1365, WARN, SPILLGATE_JAVA_OPTS=-Xmx682m"})
    void wantsAQuarterOfTheMemoryBesideTheHeap(long memoryMib, Check.Verdict verdict, String fix)
            throws Exception {
        machine.heapBytes = 1024 * ByteSize.MIB;
        machine.memoryBytes = memoryMib * ByteSize.MIB;
        expect("memory", verdict, fix);
    }

    @ParameterizedTest
    @CsvSource({
        "25, OK, ''",
        "59, OK, ''",
        "60, WARN, '--set http.keepalive_interval_sec=25, or a longer proxy_read_timeout in the"
                + " proxy'",
        "0, WARN, '--set http.keepalive_interval_sec=25, or a longer proxy_read_timeout in the"
                + " proxy'"
    })
    void wantsKeepalivesBeforeAProxyLosesPatience(int seconds, Check.Verdict verdict, String fix)
            throws Exception {
        settings.add("http.keepalive_interval_sec=" + seconds);
        expect("silent streams", verdict, fix);
    }

    @ParameterizedTest
    @CsvSource({"61000, OK, ''", "60000, WARN, --set server.keepAliveTimeout=65s"})
    void wantsToKeepIdleConnectionsLongerThanAProxy(int millis, Check.Verdict verdict, String fix)
            throws Exception {
        settings.add("server.keepAliveTimeout=" + millis);
        expect("idle connections", verdict, fix);
    }

    @ParameterizedTest
    @CsvSource({"536870912, up to 512 MiB beside the heap", "0, without a limit of its own"})
    void saysHowMuchDirectMemoryThereMayBe(long bytes, String message) throws Exception {
        machine.directBytes = bytes;
        assertThat(checks())
                .filteredOn(check -> check.subject().equals("direct memory"))
                .singleElement()
                .satisfies(check -> assertThat(check.message()).startsWith(message));
    }

    private void expect(String subject, Check.Verdict verdict, String fix) throws Exception {
        assertThat(checks())
                .filteredOn(check -> check.subject().equals(subject))
                .singleElement()
                .satisfies(check -> assertThat(check.verdict()).isEqualTo(verdict))
                .satisfies(check -> assertThat(check.fix()).isEqualTo(fix));
    }

    private List<Check> checks() throws Exception {
        GatewayConfig config = ConfigReader.read(Optional.empty(), settings, Map.of()).config();
        return StartupCheck.run(config, machine.facts());
    }

    /// A machine that is large enough for everything, until a test makes it smaller.
    private static final class Machine {
        private @Nullable Long descriptors = Long.MAX_VALUE;
        private @Nullable Long descriptorsHard = Long.MAX_VALUE;
        private @Nullable Long fileMax = Long.MAX_VALUE;
        private @Nullable Long somaxconn = 65_535L;
        private @Nullable Long synBacklog = 65_535L;
        private SystemFacts.@Nullable PortRange ports = new SystemFacts.PortRange(10_240, 65_535);
        private long memoryBytes = 64 * 1024 * ByteSize.MIB;
        private long heapBytes = 4 * 1024 * ByteSize.MIB;
        private long directBytes = 512 * ByteSize.MIB;

        SystemFacts facts() {
            return new SystemFacts(
                    optional(descriptors),
                    optional(descriptorsHard),
                    optional(fileMax),
                    optional(somaxconn),
                    optional(synBacklog),
                    Optional.ofNullable(ports),
                    memoryBytes,
                    heapBytes,
                    directBytes);
        }

        private static OptionalLong optional(@Nullable Long value) {
            return value == null ? OptionalLong.empty() : OptionalLong.of(value);
        }
    }
}
