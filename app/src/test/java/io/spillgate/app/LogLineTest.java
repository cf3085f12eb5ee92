package io.spillgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;

import io.spillgate.config.LogConfig.Format;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

import java.io.IOException;
import java.time.Instant;

class LogLineTest {
    @Test
    void writesTextForPeople() {
        LoggingEvent event = event(Level.WARN, "pool {} full", null, "myapp");
        event.addKeyValuePair(new KeyValuePair("waiting", 50));
        assertThat(LogLine.of(event, Format.TEXT))
                .isEqualTo("2026-01-02T03:04:05.678Z WARN  Gateway: pool myapp full waiting=50\n");
    }

    @Test
    void writesJsonForMachines() {
        LoggingEvent event = event(Level.INFO, "said \"{}\"", null, "hé");
        event.addKeyValuePair(new KeyValuePair("status", 200));
        event.addKeyValuePair(new KeyValuePair("path", "/a"));
        assertThat(LogLine.of(event, Format.JSON))
                .isEqualTo(
                        """
                        {"time":"2026-01-02T03:04:05.678Z","level":"INFO",\
                        "logger":"io.spillgate.Gateway","thread":"spillgate-io-1",\
                        "message":"said \\"hé\\"","status":200,"path":"/a"}
                        """);
    }

    @Test
    void writesWhatTheMessageNamesAsFields() {
        assertThat(
                        LogLine.of(
                                event(
                                        Level.INFO,
                                        "loop_stuck loop={} for={}s open={} why=\"{} of {}\": {}"
                                                + " danger=\"so be it\" time={}",
                                        null,
                                        "io-1",
                                        1.5,
                                        true,
                                        "\"two",
                                        3,
                                        "left=9",
                                        7),
                                Format.JSON))
                .endsWith(
                        """
                        "event":"loop_stuck","loop":"io-1","for":"1.5s","open":true,\
                        "why":"\\"two of 3","danger":"so be it"}
                        """);
    }

    @Test
    void takesNoFieldOutOfAValue() {
        assertThat(LogLine.of(event(Level.INFO, "a {} b", null, "status=200"), Format.JSON))
                .endsWith("\"message\":\"a status=200 b\"}\n");
    }

    @Test
    void staysOnOneLineWhateverAClientSends() {
        LoggingEvent event =
                event(Level.INFO, "path {}", null, "/a\r\n2026 FORGED\u001b[31m\u2028");
        assertThat(LogLine.of(event, Format.TEXT))
                .endsWith("path /a\\r\\n2026 FORGED\\u001b[31m\\u2028\n")
                .hasLineCount(1);
    }

    @Test
    void writesAnExceptionOnTheSameLine() {
        LoggingEvent event = event(Level.ERROR, "failed", new IOException("disk\nfull"));
        assertThat(LogLine.of(event, Format.TEXT))
                .contains("Gateway: failed | java.io.IOException: disk | full | at ")
                .contains("LogLineTest.writesAnExceptionOnTheSameLine")
                .hasLineCount(1);
    }

    @Test
    void writesAnExceptionAsAFieldInJson() {
        LoggingEvent event = event(Level.ERROR, "failed", new IOException("disk full"));
        assertThat(LogLine.of(event, Format.JSON))
                .contains("\"error\":\"java.io.IOException: disk full\\nat io.spillgate.")
                .endsWith("\"}\n")
                .hasLineCount(1);
    }

    private static LoggingEvent event(
            Level level, String message, @Nullable Throwable thrown, Object... arguments) {
        LoggerContext context = new LoggerContext();
        LoggingEvent event =
                new LoggingEvent(
                        "",
                        context.getLogger("io.spillgate.Gateway"),
                        level,
                        message,
                        thrown,
                        arguments);
        event.setInstant(Instant.parse("2026-01-02T03:04:05.678Z"));
        event.setThreadName("spillgate-io-1");
        return event;
    }
}
