package io.spillgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

final class HttpDateTest {
    @Test
    void isOfTheFixedLength() {
        String now = HttpDate.now();

        assertThat(now).matches("[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT");
        assertThat(ZonedDateTime.parse(now, DateTimeFormatter.RFC_1123_DATE_TIME).getYear())
                .isGreaterThan(2025);
    }
}
