package io.spillgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.config.BindAddress;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.IoMode;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

final class FormatsTest {
    @TempDir private Path folder;

    private Reading reading;

    @BeforeEach
    void readFromFolder() {
        reading = Reading.in(folder);
    }

    @ParameterizedTest
    @CsvSource({"a.toml", "a.yaml", "a.yml", "a.conf", "a.json"})
    void bytesThatAreNotUtf8AreToldAtTheirLine(String file) throws IOException {
        Path path = folder.resolve(file);
        Files.write(path, new byte[] {'#', 'a', '\n', '#', '\n', '#', (byte) 0xff});

        assertThat(reading.problems(Optional.of(path)))
                .containsExactly(file + ":3: has bytes that are not UTF-8, must be UTF-8 text");
    }

    @ParameterizedTest
    @CsvSource({"a.toml, http.io = 'nio'", "a.yaml, http: {io: nio}", "a.conf, http.io = nio"})
    void byteOrderMarkIsSkipped(String file, String text) throws ConfigException {
        assertThat(reading.config(file, "\ufeff" + text).http().io()).isEqualTo(IoMode.NIO);
    }

    @Test
    void endingIsReadInAnyCase() throws ConfigException {
        assertThat(reading.config("A.TOML", "http.io = 'nio'").http().io()).isEqualTo(IoMode.NIO);
    }

    @Test
    void everyBrokenLineOfTomlIsToldWithTheProblemsOfTheOthers() {
        assertThat(
                        reading.problems(
                                "a.toml",
                                "[http]\nio = nio\nmax_headers = 0\nmax_connections = 10k\n"))
                .containsExactly(
                        "a.toml:2: not TOML: Unexpected 'n', expected a value",
                        "a.toml:3: http.max_headers: is 0, must be between 1 and 10000",
                        "a.toml:4: not TOML: Unexpected 'k', expected a newline or end-of-input");
    }

    @Test
    void keysAfterABrokenTomlHeaderAreNotJudged() {
        assertThat(reading.problems("a.toml", "a = [1\n[http]\nio = 'nio'\n[hub\nretry = 3\n"))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).contains("not TOML"));
    }

    @Test
    void nothingIsMissedInATomlFileWithBrokenLines() {
        assertThat(
                        reading.problems(
                                "a.toml",
                                """
                                [[routes]]
                                path = /x
                                [[routes]]
                                path = '/x'
                                reply = {status = x}
                                """))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("not TOML"));
    }

    @Test
    void tomlThatBreaksTheParserIsToldAtItsLine() {
        assertThat(reading.problems("a.toml", "# one\na = 1\n\ny={s,.\n[p]\nb = 1\n"))
                .singleElement()
                .asString()
                .matches(
                        "a.toml:[45]: not TOML: has a bracket that is not closed where it should"
                                + " be");
    }

    @Test
    void commentsAndBlankLinesOfTomlKeepTheirLinesCounted() {
        assertThat(
                        reading.problems(
                                "a.toml",
                                "#\n\n  # x\r\n[http]\r\n\n#\nmax_headers = 0\n\nio = nio\n\n#"))
                .containsExactly(
                        "a.toml:7: http.max_headers: is 0, must be between 1 and 10000",
                        "a.toml:9: not TOML: Unexpected 'n', expected a value");
    }

    @Test
    void stringsOfTomlKeepWhatLooksLikeAComment() throws ConfigException {
        GatewayConfig config =
                reading.config(
                        "a.toml",
                        """
                        [[routes]]
                        path = "/a"
                        reply.body = \"""
                        # one

                        two\"""
                        # a comment

                        [[routes]]
                        path = "/b" # \"""
                        reply.body = '''
                        \\
                        # x
                        ''' # "
                        #
                        [[routes]]
                        path = "/c"
                        reply.body = "\\"#" # '''

                        [[routes]]
                        path = '/d\\'
                        reply.body = \"""
                        \\\"""
                        # x\"""\""

                        [log]
                        # the last
                        access = true
                        """);

        assertThat(config.routes())
                .extracting(route -> route.reply().orElseThrow().body())
                .containsExactly("# one\n\ntwo", "\\\n# x\n", "\"#", "\"\"\"\n# x\"\"");
        assertThat(config.log().access()).isTrue();
    }

    @Test
    void brokenYamlIsToldAtItsLine() {
        assertThat(reading.problems("a.yaml", "http:\n  io: nio\n   max_headers: 1\n"))
                .singleElement()
                .asString()
                .startsWith("a.yaml:3: not YAML: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http: !Proxy {} | a.yaml:1: has the tag !Proxy, must have none",
                "a: 1\\n---\\nb: 2 | a.yaml:2: begins a second document, must be one",
                "- 1 | a.yaml:1: is not a table, must be keys with values",
                "just text | a.yaml:1: is not a table, must be keys with values",
                "[1]: 2 | a.yaml:1: has a key that is not a plain name"
            })
    void yamlBeyondPlainDataIsRefused(String text, String problem) {
        assertThat(reading.problems("a.yaml", text.replace("\\n", "\n"))).containsExactly(problem);
    }

    @Test
    void everyTagOfYamlIsToldWithTheProblemsOfTheOtherLines() {
        assertThat(
                        reading.problems(
                                "a.yaml",
                                """
                                http: !Http
                                  io: !!str nio
                                  max_headers: 0
                                hub:
                                  publish_tokens: !List [abcdefgh, !Token ijklmnop]
                                """))
                .containsExactly(
                        "a.yaml:1: has the tag !Http, must have none",
                        "a.yaml:2: has the tag tag:yaml.org,2002:str, must have none",
                        "a.yaml:3: http.max_headers: is 0, must be between 1 and 10000",
                        "a.yaml:5: has the tag !List, must have none",
                        "a.yaml:5: has the tag !Token, must have none");
    }

    @Test
    void yamlAliasRepeatsItsAnchor() throws ConfigException {
        assertThat(
                        reading.config(
                                        "a.yaml",
                                        """
                                        hub: {topics: [{match: a, history_ttl: &ttl 5s}, {match: b, history_ttl: *ttl}]}
                                        """)
                                .hub()
                                .topics())
                .hasSize(2)
                .allSatisfy(
                        topic -> assertThat(topic.historyTtl()).hasValue(Duration.ofSeconds(5)));
    }

    @Test
    void plainYamlTextIsTakenAsWritten() throws ConfigException {
        assertThat(
                        reading.config(
                                        "a.yaml",
                                        "{http: {bind_address: 0.0.0.0:0}, admin: {bind_address:"
                                                + " off}}")
                                .admin()
                                .bindAddress())
                .isEqualTo(BindAddress.OFF);
    }

    @Test
    void brokenHoconIsToldAtItsLine() {
        assertThat(reading.problems("a.conf", "http {\n  io = [nio\n"))
                .singleElement()
                .asString()
                .startsWith("a.conf:3: not HOCON: ");
    }

    @Test
    void hoconSubstitutionsFindTheFileThenTheEnvironment() throws ConfigException {
        assertThat(
                        reading.env(Map.of("PORT", "9000", "http", "not this"))
                                .config(
                                        "a.conf",
                                        """
                                        http.bind_address = "127.0.0.1:"${PORT}
                                        client.resolver = ${http.bind_address}
                                        http.io = ${?NOT_SET}
                                        """)
                                .client()
                                .resolver())
                .contains(new BindAddress("127.0.0.1", 9000));
    }

    @Test
    void valueWithASubstitutionInItIsToldAtItsLine() {
        assertThat(
                        reading.env(Map.of("UNIT", "parsec"))
                                .problems("a.conf", "hub {\n  retry = 5${UNIT}\n}"))
                .singleElement()
                .asString()
                .startsWith("a.conf:2: hub.retry: is \"5parsec\"");
    }

    @Test
    void hoconSubstitutionWithoutValueIsToldAtItsLine() {
        assertThat(reading.problems("a.conf", "http {\n  io = ${IO}\n}"))
                .singleElement()
                .asString()
                .startsWith("a.conf:2: http.io: refers to ${IO}, which neither this file nor");
    }

    @Test
    void textInQuotesThatLooksLikeASubstitutionIsText() throws ConfigException {
        assertThat(
                        reading.config(
                                        "a.conf",
                                        "routes = [{path = /x, reply.body = \"${}${..}${a}\"}]")
                                .routes()
                                .getFirst()
                                .reply()
                                .orElseThrow()
                                .body())
                .isEqualTo("${}${..}${a}");
    }

    @Test
    void includedFileCountsWhereItStandsAndNamesItsOwnLines() throws ConfigException {
        reading.beside("sub.conf", "\nmax_headers = 7\nio = nio");

        Effective effective = reading.read("a.conf", "http {\n  include \"sub\"\n  io = epoll\n}");

        assertThat(effective.config().http().maxHeaders()).isEqualTo(7);
        assertThat(effective.config().http().io()).isEqualTo(IoMode.EPOLL);
        assertThat(effective.entries())
                .contains(new Entry("http.max_headers", "7", folder.resolve("sub.conf") + ":2"))
                .contains(new Entry("http.io", "\"epoll\"", folder.resolve("a.conf") + ":3"));
    }

    @Test
    void problemOfAnIncludedFileIsToldThere() {
        assertThat(
                        reading.beside("sub.conf", "http.io = none\n")
                                .problems("a.conf", "include \"sub.conf\"\nhttp.x = 1"))
                .containsExactlyInAnyOrder(
                        "sub.conf:1: http.io: is \"none\", must be one of auto, io_uring, epoll,"
                                + " nio",
                        "a.conf:2: http.x: is not a key");
    }

    @Test
    void includeThatFindsNothingIsAWarning() throws ConfigException {
        assertThat(reading.read("a.conf", "\ninclude \"nothing\"").warnings())
                .containsExactly(
                        folder.resolve("a.conf")
                                + ":2: include \"nothing\": does not exist, nothing is included");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "include required(\"nothing\") | include \"nothing\": does not exist",
                "include url(\"http://127.0.0.1:1/x\") | include \"http://127.0.0.1:1/x\": is not"
                        + " read from the network, must be a file",
                "include classpath(\"x\") | include \"x\": is not read from the class path, must be"
                        + " a file"
            })
    void includesFromElsewhereAreRefused(String text, String problem) {
        assertThat(reading.problems("a.conf", "#\n" + text))
                .containsExactly("a.conf:2: " + problem);
    }
}
