package io.spillgate.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptedFormatTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/openmetrics-text",
                "application/openmetrics-text; version=1.0.0; charset=utf-8",
                "Application/OpenMetrics-Text;q=0.001",
                "text/plain;q=0.5,application/openmetrics-text;q=0.5",
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
                    + "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;"
                    + "escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
            })
    void givesOpenMetricsToWhoPrefersIt(String accept) {
        assertThat(AcceptedFormat.of(accept)).isEqualTo(AcceptedFormat.OPEN_METRICS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*/*",
                "text/*",
                "application/*",
                "text/plain",
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                "application/openmetrics-text;q=0",
                "application/openmetrics-text;q=0.2, text/plain;q=0.3",
                "application/openmetrics-text-not",
                "application/vnd.google.protobuf",
                ";;,,q=",
            })
    void givesPlainTextToEverybodyElse(String accept) {
        assertThat(AcceptedFormat.of(accept)).isEqualTo(AcceptedFormat.PLAIN_TEXT);
    }

    @Test
    void givesPlainTextToWhoSendsNoAccept() {
        assertThat(AcceptedFormat.of(null)).isEqualTo(AcceptedFormat.PLAIN_TEXT);
    }
}
