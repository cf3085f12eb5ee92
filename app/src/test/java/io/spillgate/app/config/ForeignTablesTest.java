package io.spillgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.config.BindAddress;
import io.spillgate.config.Build;
import io.spillgate.config.ByteSize;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.SizeLimit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/// HOCON files that programs with Pekko or Akka read, too.
final class ForeignTablesTest {
    @TempDir private Path folder;

    private Reading reading;

    @BeforeEach
    void readFromFolder() {
        reading = Reading.in(folder);
    }

    @Test
    void fileOfAProjectWithPekkoIsReadAsItIs() throws ConfigException, IOException {
        Effective effective = reading.read("application.conf", application());
        GatewayConfig config = effective.config();

        assertThat(config.http().bindAddress()).isEqualTo(new BindAddress("127.0.0.1", 9000));
        assertThat(config.client().userAgentHeader()).isEqualTo("my-app/1.2");
        assertThat(config.client().idleTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.client().parsing().maxContentLength())
                .isEqualTo(new SizeLimit(ByteSize.mebibytes(8).bytes()));
        assertThat(config.hostConnectionPool().pool().maxConnections()).isEqualTo(8);
        assertThat(config.hostConnectionPool().perHostOverride())
                .singleElement()
                .satisfies(it -> assertThat(it.pool().maxConnections()).isEqualTo(16));
    }

    @Test
    void whatIsLeftAloneIsNamedInOneWarning() throws ConfigException, IOException {
        List<String> warnings =
                reading.read("application.conf", application()).warnings().stream()
                        .map(line -> line.replace(folder + "/", ""))
                        .toList();

        assertThat(warnings)
                .containsExactly(
                        "application.conf:1: include \"common\": does not exist, nothing is"
                                + " included",
                        "application.conf: is not for Spillgate and left alone:"
                                + " my-app (application.conf:3),"
                                + " pekko.loglevel (application.conf:12),"
                                + " pekko.actor (application.conf:13),"
                                + " pekko.http.server (application.conf:15),"
                                + " pekko.http.parsing (application.conf:19),"
                                + " pekko.http.client.parsing.max-response-reason-length"
                                + " (application.conf:25),"
                                + " pekko.http.client.parsing.illegal-header-warnings"
                                + " (application.conf:26),"
                                + " pekko.http.client.http2 (application.conf:28),"
                                + " pekko.http.host-connection-pool.client.parsing.max-chunk-size"
                                + " (application.conf:32),"
                                + " pekko.http.host-connection-pool.per-host-override.client.http2"
                                + " (application.conf:34)");
    }

    @Test
    void tablesOfAkkaAreReadLikeThoseOfPekko() throws ConfigException {
        GatewayConfig config =
                reading.config(
                        "a.conf",
                        """
                        akka.http.client.user-agent-header = akka-http/${akka.http.version}
                        akka.http.host-connection-pool.max-connections = 8
                        """);

        assertThat(config.client().userAgentHeader()).isEqualTo("akka-http/" + Build.version());
        assertThat(config.hostConnectionPool().pool().maxConnections()).isEqualTo(8);
    }

    @Test
    void keysInOurTablesAreStillJudged() {
        assertThat(
                        reading.problems(
                                "a.conf",
                                """
                                pekko.http.client.idle-timeouts = 1s
                                pekko.http.host-connection-pool.max-connections = 0
                                http.max_header = 1
                                """))
                .containsExactly(
                        "a.conf:1: client.idle-timeouts: is not a key, the nearest is"
                                + " client.idle-timeout",
                        "a.conf:2: host-connection-pool.max-connections: is 0, must be between 1"
                                + " and 1000000",
                        "a.conf:3: http.max_header: is not a key, the nearest is http.max_headers");
        assertThat(reading.problems("a.conf", "client.http2.log-frames = true"))
                .containsExactly("a.conf:1: client.http2: is not a key");
    }

    @Test
    void tableThatIsAlmostOursIsLeftAloneWithAQuestion() throws ConfigException {
        assertThat(reading.read("a.conf", "htpp.max_headers = 1").warnings())
                .singleElement()
                .asString()
                .endsWith("a.conf:1, is http meant?)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.toml", "a.yaml", "a.json"})
    void otherFilesAreOnlyForUs(String file) {
        String text = file.equals("a.toml") ? "my-app = 1" : "{\"my-app\": 1}";
        assertThat(reading.problems(file, text)).containsExactly(file + ":1: my-app: is not a key");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pekko.http.parsing.x | ; it is in the reference.conf of a library: include a copy"
                        + " of that file",
                "my.own.key | ; is it in what was not found: common.conf?",
                "HOST_NAME | ; is it in what was not found: common.conf?"
            })
    void referenceToAKeyOfAnotherFileSaysWhichIsMissing(String reference, String missing) {
        assertThat(
                        reading.problems(
                                "a.conf",
                                "include \"common.conf\"\nhub.path = ${" + reference + "}\n"))
                .containsExactly(
                        "a.conf:2: hub.path: refers to ${"
                                + reference
                                + "}, which neither this file nor one that it includes has, nor the"
                                + " environment"
                                + missing);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hub.path = ${my.key} | hub.path | my.key",
                "hub.path = /a${my.key}/b | hub.path | my.key",
                "hub = ${my.hub} { retry = 1s } | hub | my.hub",
                "hub.publish_tokens = [abcdefgh, ${my.token}] | hub.publish_tokens | my.token",
                "pekko.http.client = ${my.client} | client | my.client"
            })
    void everyFormOfAReferenceIsTold(String line, String key, String reference) {
        assertThat(reading.problems("a.conf", line))
                .singleElement()
                .asString()
                .startsWith("a.conf:1: " + key + ": refers to ${" + reference + "}, which neither")
                .endsWith("; include the file that has it");
    }

    @Test
    void includedCopyOfThatFileIsFound() throws ConfigException {
        GatewayConfig config =
                reading.beside("reference.conf", "pekko.http.parsing.x = /from-reference\n")
                        .config(
                                "a.conf",
                                "include \"reference\"\nhub.path = ${pekko.http.parsing.x}\n");
        assertThat(config.hub().path()).isEqualTo("/from-reference");
    }

    private static String application() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(
                        ForeignTablesTest.class.getResourceAsStream("pekko-application.conf"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
