package io.spillgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

final class ConfigProblemsTest {
    @TempDir private Path folder;

    private Reading reading;

    @BeforeEach
    void readFromFolder() {
        reading = Reading.in(folder);
    }

    @Test
    void allProblemsOfAFileAreToldAtOnceInItsOrder() {
        assertThat(
                        reading.problems(
                                "a.toml",
                                """
                                [http]
                                max_conections = 5
                                max_headers = 0
                                max_body_size = "1 XB"
                                keepalive_interval_sec = 5s
                                rate_limit_per_ip = "many"
                                trusted_proxies = ["10.0.0.0/8", "x"]
                                backpressure_policy = "drop"
                                [hub]
                                retry = 3
                                [[hub.topics]]
                                history_size = 1
                                [[routes]]
                                path = "/x"
                                [log]
                                level = ["info"]
                                access = "maybe"
                                """))
                .containsExactly(
                        "a.toml:2: http.max_conections: is not a key, the nearest is"
                                + " http.max_connections",
                        "a.toml:3: http.max_headers: is 0, must be between 1 and 10000",
                        "a.toml:4: http.max_body_size: is \"1 XB\", must be a size such as 8192,"
                                + " 64KiB or 1 MB",
                        "a.toml:5: not TOML: Unexpected 's', expected a newline or end-of-input",
                        "a.toml:6: http.rate_limit_per_ip: is \"many\", must be a whole number such"
                                + " as 500 or 100k",
                        "a.toml:7: http.trusted_proxies: has \"x\", must be an IP address or a"
                                + " network such as 10.0.0.0/8 or 2001:db8::/32",
                        "a.toml:8: http.backpressure_policy: is \"drop\", must be one of"
                                + " drop_newest, drop_oldest, block",
                        "a.toml:10: hub.retry: is \"3\" without a unit, must have one, as in 10s or"
                                + " 250ms",
                        "a.toml:16: log.level: is a list, must be a single value",
                        "a.toml:17: log.access: is \"maybe\", must be true or false");
    }

    @Test
    void namesOfTheAdminListenerAreHostNames() {
        assertThat(reading.problems("a.toml", "admin.hosts = [\"ops.example\", \"ops:81\"]"))
                .containsExactly(
                        "a.toml:1: admin.hosts: has \"ops:81\", must be a host name without scheme,"
                                + " port and *");
        assertThat(reading.problems("a.toml", "http.forwarded_header = \"x-real-ip\""))
                .containsExactly(
                        "a.toml:1: http.forwarded_header: is \"x-real-ip\", must be one of"
                                + " x-forwarded-for, forwarded");
    }

    @Test
    void missingKeysAreToldAtTheLineOfTheirTable() {
        assertThat(reading.problems("a.toml", "[log]\n\n[[hub.topics]]\nhistory_size = 1\n"))
                .containsExactly("a.toml:3: hub.topics[0].match: is missing, must be set");
    }

    @Test
    void tableThatIsRefusedAsAWholeIsToldAtItsLine() {
        assertThat(reading.problems("a.yaml", "routes:\n- path: /a\n  stream: a\n- path: /b\n"))
                .containsExactly(
                        "a.yaml:4: routes[1]: has 0 of stream, reply and proxy, must have exactly"
                                + " one");
    }

    @Test
    void valueThatIsRefusedInAListOfTablesIsToldAtItsLine() {
        assertThat(
                        reading.problems(
                                "a.yaml",
                                """
                                hub:
                                  topics:
                                  - match: a
                                    history_size: 1
                                  - match: b
                                    history_size: -1
                                    max_message_queue_size: 0
                                """))
                .containsExactly(
                        "a.yaml:6: hub.topics[1].history_size: is -1, must be between 0 and"
                                + " 10000000",
                        "a.yaml:7: hub.topics[1].max_message_queue_size: is 0, must be between 1"
                                + " and 1000000");
    }

    @Test
    void severalValuesThatARecordRefusesAreAllTold() {
        assertThat(
                        reading.problems(
                                "a.conf",
                                """
                                http {
                                  max_headers = 0
                                  max_connections = 0
                                  thread_pool_size = -1
                                }
                                """))
                .containsExactly(
                        "a.conf:2: http.max_headers: is 0, must be between 1 and 10000",
                        "a.conf:3: http.max_connections: is 0, must be between 1 and 10000000",
                        "a.conf:4: http.thread_pool_size: is -1, must be between 0 and 1024");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.toml | [http]\\nmax_headers = 1\\nmax-headers = 2 | a.toml:3 | a.toml:2",
                "a.yaml | http:\\n  max_headers: 1\\n  max-headers: 2 | a.yaml:3 | a.yaml:2",
                "a.conf | http {\\n max_headers = 1\\n max-headers = 2 } | a.conf:3 | a.conf:2"
            })
    void sameKeyInTwoSpellingsIsAnError(String file, String text, String second, String first) {
        assertThat(reading.problems(file, text.replace("\\n", "\n")))
                .containsExactly(
                        second
                                + ": http.max_headers: is already set at "
                                + first
                                + " as max_headers, must be set once");
    }

    @Test
    void sameYamlKeyTwiceIsAnError() {
        assertThat(reading.problems("a.yaml", "http: {io: nio}\nhttp: {io: nio}\n"))
                .containsExactly(
                        "a.yaml:2: http: is already set at a.yaml:1 as http, must be set once");
    }

    @ParameterizedTest
    @CsvSource({
        "htpp, http",
        "http.max_con, http.max_connections",
        "max_connections, http.max_connections",
        "server.shutdown, server.shutdownTimeout",
        "server.KeepAliveTimeOuts, server.keepAliveTimeout",
        "route, routes"
    })
    void unknownKeyNamesTheNearest(String written, String nearest) {
        assertThat(reading.problems("a.toml", written + " = 1"))
                .singleElement()
                .asString()
                .startsWith("a.toml:1: ")
                .contains("is not a key, the nearest is " + nearest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http.tls", "http.x", "listen", "server.queueDiscipline", "a.b.c"})
    void unknownKeyThatIsLikeNoneNamesNone(String written) {
        assertThat(reading.problems("a.toml", written + " = 1"))
                .containsExactly("a.toml:1: " + firstUnknown(written) + ": is not a key");
        assertThat(reading.set(written + "=1").problemsWithoutFile())
                .containsExactly("--set: " + written + ": is not a key");
        String variable = "SPILLGATE_" + written.replace('.', '_').toUpperCase(Locale.ROOT);
        assertThat(reading.env(Map.of(variable, "1")).problemsWithoutFile())
                .containsExactly("env " + variable + ": is not a key");
    }

    private static String firstUnknown(String path) {
        return path.startsWith("a.") ? "a" : path;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "eluMax = 1.01 | eluMax: is 1.01, must be between 0 and 1",
                "eluMax = \"busy\" | eluMax: is \"busy\", must be a number like 0.95",
                "minLimit = 1001 | minLimit: is 1001, must be at most maxLimit, 1000",
                "maxLimit = 0 | maxLimit: is 0, must be between 1 and 1000000",
                "sampleWindow = 99 | sampleWindow: is 99ms, must be at least 100ms",
                "profile = \"lifo\" | profile: is \"lifo\", must be one of",
                "queueDiscipline = \"fifo\" | queueDiscipline: is not a key",
                "fastEntry = true | fastEntry: is not a key"
            })
    void whatCannotBeOfBackpressureIsTold(String line, String problem) {
        assertThat(reading.problems("a.toml", "[server.backpressure]\n" + line))
                .singleElement()
                .asString()
                .startsWith("a.toml:2: server.backpressure.")
                .contains(problem);
    }

    @Test
    void tableWithAndWithoutThePrefixIsAnError() {
        assertThat(
                        reading.problems(
                                "a.conf",
                                "client.idle-timeout = 1s\npekko.http.client.idle-timeout = 1s\n"))
                .containsExactly(
                        "a.conf:2: client: is already set at a.conf:1 as client, must be set once");
    }

    @Test
    void passwordsAreNotInProblems() {
        assertThat(
                        reading.set("hub.publish_tokens=[\"secret\"")
                                .problems(
                                        "a.toml",
                                        """
                                        [client.proxy.https]
                                        host = "http://user:secret@proxy"
                                        username = "user:secret"
                                        password = "secret"
                                        """))
                .hasSize(3)
                .noneMatch(line -> line.contains("secret"));
    }

    @Test
    void problemsOfTheOverridesFollowThoseOfTheFile() {
        assertThat(
                        reading.env(
                                        Map.of(
                                                "SPILLGATE_HTTP_MAX_CON",
                                                "1",
                                                "SPILLGATE_HUB_RETRY",
                                                "3"))
                                .set(
                                        "http.max_header=1",
                                        "http.max_headers=x",
                                        "http=1",
                                        "routes.path=/x",
                                        "nothing")
                                .problems("a.toml", "http.max_headers = 'y'"))
                .containsExactly(
                        "a.toml:1: http.max_headers: is \"y\", must be a whole number such as 500"
                                + " or 100k",
                        "env SPILLGATE_HTTP_MAX_CON: is not a key, the nearest is"
                                + " SPILLGATE_HTTP_MAX_CONNECTIONS (http.max_connections)",
                        "env SPILLGATE_HUB_RETRY: hub.retry: is \"3\" without a unit, must have"
                                + " one, as in 10s or 250ms",
                        "--set: http.max_header: is not a key, the nearest is http.max_headers",
                        "--set: http: is a section, must be one of the keys in it",
                        "--set: routes.path: is inside a list, must be set with the whole list or"
                                + " in a file",
                        "--set: is \"nothing\", must be path.key=value",
                        "--set: http.max_headers: is \"x\", must be a whole number such as 500 or"
                                + " 100k");
    }

    @Test
    void inputMemoryHasRoomForTwoOfTheLargestBodies() {
        assertThat(
                        reading.set("http.input_memory=3MiB", "http.max_body_size=2MiB")
                                .problemsWithoutFile())
                .singleElement()
                .asString()
                .contains("input_memory: is 3MiB, must be 0 or at least 4MiB");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http.cors_allowed_origins=[\"a\"", "routes=x", "routes=[{path='/x'"})
    void listOfAnOptionThatIsNoneIsAnError(String option) {
        assertThat(reading.set(option).problemsWithoutFile())
                .singleElement()
                .asString()
                .startsWith("--set: " + option.substring(0, option.indexOf('=')) + ": is ")
                .contains("must be a TOML array");
    }

    @Test
    void twoVariablesForOneKeyAreAnError() {
        assertThat(
                        reading.env(
                                        Map.of(
                                                "SPILLGATE_HTTP_MAX_HEADERS",
                                                "1",
                                                "SPILLGATE_HTTP_MAXHEADERS",
                                                "2"))
                                .problemsWithoutFile())
                .containsExactly(
                        "env SPILLGATE_HTTP_MAX_HEADERS: http.max_headers: is also set by"
                                + " SPILLGATE_HTTP_MAXHEADERS, must be set once");
    }

    @Test
    void valueOfTheFileIsCheckedAlsoWhenItIsOverridden() {
        assertThat(reading.set("http.max_headers=5").problems("a.toml", "http.max_headers = 'x'"))
                .containsExactly(
                        "a.toml:1: http.max_headers: is \"x\", must be a whole number such as 500"
                                + " or 100k");
    }

    @Test
    void rangeOfAnOverrideIsToldAtTheOverride() {
        assertThat(reading.set("http.max_headers=0").problems("a.toml", "http.max_headers = 5"))
                .containsExactly("--set: http.max_headers: is 0, must be between 1 and 10000");
    }

    @Test
    void wrongShapesAreTold() {
        assertThat(
                        reading.problems(
                                "a.yaml",
                                """
                                http: 5
                                server: [1]
                                hub: {topics: {match: a}, retry: {a: 1}, publish_tokens: [~]}
                                routes: x
                                """))
                .containsExactly(
                        "a.yaml:1: http: is not a table, must hold keys",
                        "a.yaml:2: server: is not a table, must hold keys",
                        "a.yaml:3: hub.retry: is a table, must be a single value",
                        "a.yaml:3: hub.publish_tokens[0]: is a null, must be a single value",
                        "a.yaml:3: hub.topics: is not a list, must be a list of tables,"
                                + " [[hub.topics]]",
                        "a.yaml:4: routes: is not a list, must be a list of tables, [[routes]]");
    }

    @Test
    void controlCharactersOfAFileDoNotReachTheTerminal() {
        assertThat(reading.problems("a.yaml", "\"\\e[31m\\nx\": 1\n"))
                .singleElement()
                .asString()
                .doesNotContain("\u001b", "\n")
                .contains("\\u001b[31m\\nx");
    }

    @Test
    void unknownEndingIsTold() {
        assertThat(reading.problems("a.ini", ""))
                .containsExactly(
                        "a.ini: has an unknown ending, must be .toml, .yaml, .yml, .conf or .json");
    }

    @Test
    void missingFileIsTold() {
        assertThat(reading.problems(Optional.of(folder.resolve("none.toml"))))
                .containsExactly("none.toml: does not exist");
    }
}
