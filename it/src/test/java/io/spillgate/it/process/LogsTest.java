package io.spillgate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The log of a process: its fields, in text and in JSON.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LogsTest {
    private static final String REQUEST =
            """
            GET /none?a="b HTTP/1.1
            Host: test
            User-Agent: say "hi"
            X-Request-Id: id-1
            X-Forwarded-For: 203.0.113.9, 192.0.2.7

            """;

    @Test
    void everyLineOfJsonHasItsValuesAsFields() throws Exception {
        try (Program serve = Program.serve("log.format=json", "http.max_connections=1000000")) {
            assertThat(serve.err().lineWith("connections_clamped"))
                    .contains(
                            "\"event\":\"connections_clamped\",\"max_connections\":1000000,",
                            ",\"fix\":\"ulimit -n ");
            serve.signal("TERM");
            assertThat(serve.err().lineWith("drain_begun"))
                    .endsWith(
                            "\"event\":\"drain_begun\",\"streams\":0,\"connections\":0,\"timeout\":\"25s\"}");
        }
    }

    @Test
    void accessLogHasTheClientTheBytesAndWhatTheRequestSaysOfItself() throws Exception {
        try (Program serve =
                Program.serve(
                        "log.format=json",
                        "log.access=true",
                        "http.trusted_proxies=127.0.0.1,192.0.2.0/24")) {
            try (Wire wire = serve.connect()) {
                int bytes = wire.sendLines(REQUEST.replace("\"b", "b")).answer().text().length();
                assertThat(serve.err().lineWith("spillgate.access"))
                        .contains(
                                "\"peer\":\"127.0.0.1:",
                                "\"client\":\"203.0.113.9\",\"request\":\"GET /none?a=b\","
                                        + "\"status\":404,\"bytes\":"
                                        + bytes
                                        + ",\"micros\":")
                        .endsWith(
                                "\"handler\":\"none\",\"user_agent\":\"say %22hi%22\","
                                        + "\"request_id\":\"id-1\"}");
            }
        }
    }

    @Test
    void accessLogSaysWhatAStreamGotWhenItEnds() throws Exception {
        try (Program serve = Program.serve("log.access=true")) {
            try (EventStream stream = serve.subscribe("demo")) {
                serve.publish("demo", "a");
                serve.publish("demo", "b");
                stream.event();
                stream.event();
            }
            assertThat(serve.err().lineWith(" ended="))
                    .containsPattern(
                            " INFO  access: peer=127\\.0\\.0\\.1:[0-9]+ client=127\\.0\\.0\\.1"
                                    + " request=\"GET /events/demo\" ended=client"
                                    + " age_ms=[0-9]+ events=2 bytes=[0-9]{2,3}"
                                    + " handler=subscribe$");
        }
    }

    @Test
    void accessLogIsOneTextLineForEachAnswer() throws Exception {
        try (Program serve = Program.serve("log.access=true");
                EventStream stream = serve.subscribe("demo")) {
            assertThat(serve.err().lineWith("access:"))
                    .containsPattern(
                            " INFO  access: peer=127\\.0\\.0\\.1:[0-9]+ client=127\\.0\\.0\\.1"
                                    + " request=\"GET /events/demo\" status=200 micros=[0-9]+"
                                    + " handler=subscribe$");
            assertThat(stream).isNotNull();
        }
    }
}
