package io.spillgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.spillgate.config.BindAddress;
import io.spillgate.config.ByteSize;
import io.spillgate.config.ClientConfig;
import io.spillgate.config.Durations;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.HttpConfig;
import io.spillgate.config.IoMode;
import io.spillgate.config.LimitStatus;
import io.spillgate.config.LogConfig;
import io.spillgate.config.OverflowPolicy;
import io.spillgate.config.ReplyConfig;
import io.spillgate.config.RouteConfig;
import io.spillgate.config.TopicConfig;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class ConfigReaderTest {
    @TempDir private Path folder;

    private Reading reading;

    @BeforeEach
    void readFromFolder() {
        reading = Reading.in(folder);
    }

    @Test
    void nothingSetGivesTheDefaults() throws ConfigException {
        assertThat(reading.readNothing().config()).isEqualTo(GatewayConfig.DEFAULT);
        assertThat(reading.config("empty.toml", "")).isEqualTo(GatewayConfig.DEFAULT);
        assertThat(reading.config("empty.yaml", "")).isEqualTo(GatewayConfig.DEFAULT);
        assertThat(reading.config("empty.conf", "")).isEqualTo(GatewayConfig.DEFAULT);
        assertThat(reading.config("empty.json", "{}")).isEqualTo(GatewayConfig.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"all.toml", "all.yaml", "all.conf", "all.json"})
    void everyFormatGivesTheSameRecords(String file) throws ConfigException, IOException {
        GatewayConfig config;
        try (InputStream in = ConfigReaderTest.class.getResourceAsStream("same/" + file)) {
            config = reading.config(file, new String(requireNonNull(in).readAllBytes(), UTF_8));
        }

        assertThat(config.http().bindAddress()).isEqualTo(new BindAddress("::1", 9000));
        assertThat(config.http().connectionTimeoutSec()).isEqualTo(Duration.ofMillis(1500));
        assertThat(config.http().cors().corsAllowedOrigins())
                .containsExactly("https://a.example", "https://b.example");
        assertThat(config.http().io()).isEqualTo(IoMode.NIO);
        assertThat(config.hub().retry()).isEqualTo(Duration.ofMillis(250));
        assertThat(config.hub().topics())
                .containsExactly(
                        new TopicConfig(
                                "ticker/*",
                                Optional.of(OverflowPolicy.DROP_OLDEST),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(new ByteSize(65_536)),
                                Optional.empty()));
        assertThat(config.routes())
                .containsExactly(
                        RouteConfig.replying(
                                "/x",
                                new ReplyConfig(404, ReplyConfig.DEFAULT.contentType(), "no")));
        assertThat(config.log())
                .isEqualTo(new LogConfig(LogConfig.Format.TEXT, LogConfig.Level.INFO, true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "publish_tokens",
                "publish-tokens",
                "publishTokens",
                "PublishTokens",
                "PUBLISH_TOKENS"
            })
    void everySpellingOfAKeyIsTheSameKey(String spelling) throws ConfigException {
        assertThat(
                        reading.config("a.toml", "[HUB]\n" + spelling + " = ['secret-token']")
                                .hub()
                                .publishTokens())
                .containsExactly("secret-token");
    }

    @ParameterizedTest
    @CsvSource({"413, SEED", "\"413\", SEED", "\"rfc\", RFC", "\"RFC\", RFC"})
    void limitStatusIsNamedByWhatItAnswers(String written, LimitStatus expected)
            throws ConfigException {
        assertThat(reading.config("a.toml", "http.limit_status = " + written).http().limitStatus())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "io-uring", "IO_URING", "iouring"})
    void choicesAreAsRelaxedAsKeys(String written) throws ConfigException {
        assertThat(reading.config("a.yaml", "http: {io: " + written + "}").http().io())
                .isEqualTo(IoMode.IO_URING);
    }

    @Test
    void singleValueIsAListOfOneAndKeepsItsCommas() throws ConfigException {
        assertThat(
                        reading.config("a.toml", "hub.publish_tokens = 'abcd,efgh'")
                                .hub()
                                .publishTokens())
                .containsExactly("abcd,efgh");
    }

    @Test
    void bareNumbersTakeTheUnitOfTheirKey() throws ConfigException {
        GatewayConfig config =
                reading.config(
                        "a.toml",
                        """
                        http.rate_limit_window_sec = 7
                        http.keepalive_interval_sec = "8"
                        server.keepAliveTimeout = 900
                        """);

        assertThat(config.http().rateLimitWindowSec()).isEqualTo(Duration.ofSeconds(7));
        assertThat(config.http().keepaliveIntervalSec()).isEqualTo(Duration.ofSeconds(8));
        assertThat(config.server().keepAliveTimeout()).isEqualTo(Duration.ofMillis(900));
    }

    @Test
    void nullAndUndefinedLeaveTheDefault() throws ConfigException {
        assertThat(reading.config("a.yaml", "http:\nserver:\n  requestTimeout: ~\n"))
                .isEqualTo(GatewayConfig.DEFAULT);
        assertThat(
                        reading.config(
                                "a.conf",
                                "http.io = undefined, server = null, hub { retry = null }"))
                .isEqualTo(GatewayConfig.DEFAULT);
    }

    @Test
    void optionBeatsEnvironmentBeatsFileBeatsDefault() throws ConfigException {
        Effective effective =
                reading.env(
                                Map.of(
                                        "SPILLGATE_HTTP_MAX_HEADERS",
                                        "20",
                                        "SPILLGATE_HTTP_MAX_CONNECTIONS",
                                        "2k"))
                        .set("http.max-headers=30")
                        .read(
                                "a.toml",
                                """
                                [http]
                                max_headers = 10
                                max_connections = 1000
                                thread_pool_size = 1
                                """);

        HttpConfig http = effective.config().http();
        assertThat(http.maxHeaders()).isEqualTo(30);
        assertThat(http.maxConnections()).isEqualTo(2000);
        assertThat(http.threadPoolSize()).isEqualTo(1);
        assertThat(http.maxMessageQueueSize()).isEqualTo(1000);
        assertThat(effective.entries())
                .extracting(Entry::toString)
                .contains(
                        "http.max_headers = 30  # --set",
                        "http.max_connections = 2000  # env",
                        "http.thread_pool_size = 1  # " + folder.resolve("a.toml") + ":4",
                        "http.max_message_queue_size = 1000  # default");
    }

    @Test
    void lastOptionForAKeyHolds() throws ConfigException {
        assertThat(
                        reading.set("http.max_headers=1", "http.maxHeaders=2")
                                .readNothing()
                                .config()
                                .http()
                                .maxHeaders())
                .isEqualTo(2);
    }

    @Test
    void listsOfOverridesAreCommaSeparatedOrToml() throws ConfigException {
        GatewayConfig config =
                reading.env(
                                Map.of(
                                        "SPILLGATE_HTTP_CORS_ALLOWED_ORIGINS",
                                                "https://a.example, https://b.example",
                                        "SPILLGATE_HTTP_CORS_ALLOWED_HEADERS", ""))
                        .set(
                                "hub.publish_tokens=[\"abcd,efgh\", 'ijklmnop']",
                                "routes=[{path='/x', stream='x'}]")
                        .config("a.toml", "http.cors_allowed_headers = ['X-A']");

        assertThat(config.http().cors().corsAllowedOrigins())
                .containsExactly("https://a.example", "https://b.example");
        assertThat(config.http().cors().corsAllowedHeaders()).isEmpty();
        assertThat(config.hub().publishTokens()).containsExactly("abcd,efgh", "ijklmnop");
        assertThat(config.routes()).containsExactly(RouteConfig.subscribing("/x", "x"));
    }

    @Test
    void variablesOfTheLauncherAndOfOthersAreIgnored() throws ConfigException {
        assertThat(
                        reading.env(
                                        Map.of(
                                                "SPILLGATE_HOME",
                                                "/x",
                                                "SPILLGATE_JAVA_OPTS",
                                                "-x",
                                                "PATH",
                                                "/bin",
                                                "HTTP_IO",
                                                "x"))
                                .readNothing()
                                .config())
                .isEqualTo(GatewayConfig.DEFAULT);
    }

    @Test
    void everySettableKeyHasItsOwnVariable() {
        List<Known> settable = KnownKeys.ALL.stream().filter(Known::settable).toList();

        assertThat(settable).isNotEmpty();
        assertThat(settable)
                .extracting(key -> Variables.joined(key.path()))
                .doesNotHaveDuplicates();
        assertThat(settable)
                .extracting(Known::variable)
                .contains("SPILLGATE_SERVER_KEEP_ALIVE_TIMEOUT", "SPILLGATE_HTTP_MAX_CONNECTIONS");
    }

    @Test
    void printedConfigurationReadsBackAsItself() throws ConfigException {
        GatewayConfig config =
                reading.config(
                        "a.toml",
                        """
                        http.connection_timeout_sec = "1500ms"
                        http.max_body_size = "1 MB"
                        http.cors_allowed_origins = ["https://a.example"]
                        server.healthPaths = '/a"b\\c'
                        hub.block_timeout = "infinite"
                        log.level = "WARN"
                        """);
        String printed =
                String.join(
                        "\n",
                        ConfigReader.read(
                                        Optional.of(folder.resolve("a.toml")), List.of(), Map.of())
                                .entries()
                                .stream()
                                .map(Entry::toString)
                                .toList());

        assertThat(reading.config("b.toml", printed)).isEqualTo(config);
    }

    @Test
    void listsOfTablesArePrintedByIndex() throws ConfigException {
        assertThat(
                        reading.set(
                                        "routes=[{path='/x', stream='a'}, {path='/y',"
                                                + " reply={body='b'}}]")
                                .readNothing()
                                .entries())
                .extracting(Entry::toString)
                .contains(
                        "routes[0].path = \"/x\"  # --set",
                        "routes[0].stream = \"a\"  # --set",
                        "routes[1].reply.body = \"b\"  # --set",
                        "routes[1].reply.status = 200  # default",
                        "hub.topics = []  # default");
    }

    @Test
    void tokensAreNotPrinted() throws ConfigException {
        assertThat(reading.set("hub.publish_tokens=secret-token").readNothing().entries())
                .extracting(Entry::toString)
                .contains("hub.publish_tokens = (hidden)  # --set")
                .noneMatch(line -> line.contains("secret-token"));
    }

    @Test
    void passwordsAreNotPrinted() throws ConfigException {
        Effective effective = reading.set("client.proxy.https.password=hunter2").readNothing();

        assertThat(effective.entries())
                .extracting(Entry::toString)
                .contains(
                        "client.proxy.https.password = (hidden)  # --set",
                        "host-connection-pool.client.proxy.https.password = (hidden)  # inherits"
                                + " client.proxy.https.password")
                .noneMatch(line -> line.contains("hunter2"));
        assertThat(effective.config().toString()).doesNotContain("hunter2");
    }

    @Test
    void agentOfTheClientIsThisVersion() throws ConfigException {
        assertThat(reading.readNothing().config().client().userAgentHeader())
                .matches("spillgate/[0-9].*");
        assertThat(reading.set("client.user-agent-header=").readNothing().config().client())
                .extracting(ClientConfig::userAgentHeader)
                .isEqualTo("");
    }

    @Test
    void headersTimeoutBelowKeepAliveIsAWarningWhenTheUserChoseIt() throws ConfigException {
        assertThat(reading.set("server.keepAliveTimeout=70s").readNothing().warnings())
                .containsExactly(
                        "--set: server.headersTimeout: is 66s,"
                                + " should be longer than server.keepAliveTimeout, 70s");
        assertThat(reading.set("server.keepAliveTimeout=66000").readNothing().warnings())
                .hasSize(1);
        assertThat(reading.set("server.keepAliveTimeout=65s").readNothing().warnings()).isEmpty();
        assertThat(reading.readNothing().warnings()).isEmpty();
    }

    @Test
    void infiniteIsNoLimit() throws ConfigException {
        assertThat(
                        Durations.isInfinite(
                                reading.config("a.yaml", "hub: {block_timeout: inf}")
                                        .hub()
                                        .blockTimeout()))
                .isTrue();
    }
}
