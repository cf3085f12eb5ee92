package io.spillgate.sse;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

/// Which headers speak of an event stream, and which of something that only begins like one.
final class EventStreamTypeTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/event-stream",
                "Text/Event-Stream",
                " text/event-stream ; charset=utf-8",
                "text/event-stream;"
            })
    void takesTheTypeWithAnyParameters(String contentType) {
        assertThat(EventStreamType.is(contentType)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "text/event-streamed", "text/event-stream+json", "text/*", "event"})
    void takesNothingThatOnlyLooksLikeIt(String contentType) {
        assertThat(EventStreamType.is(contentType)).isFalse();
    }

    @Test
    void takesNoTypeAtAllForNoEventStream() {
        assertThat(EventStreamType.is(null)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
                    ''                                        | true  | false
                    */*                                       | true  | false
                    text/*                                    | true  | false
                    TEXT/*;q=0                                | false | false
                    text/html                                 | false | false
                    text/html, text/event-stream;q=0.1        | true  | true
                    text/event-stream; Q = 0.00 , */*         | false | false
                    text/event-stream;v=1;q=0                 | false | false
                    text/event-stream;q=0.0001                | true  | true
                    text/event-stream;q                       | true  | true
                    text/*;q=0, text/event-stream             | true  | true
                    text/event-streamed                       | false | false
                    """)
    void weighsTheMostSpecificRange(String accept, boolean accepted, boolean named) {
        assertThat(EventStreamType.isAccepted(List.of(accept))).isEqualTo(accepted);
        assertThat(EventStreamType.isNamed(List.of(accept))).isEqualTo(named);
    }

    @Test
    void looksAtAllHeadersOfARequest() {
        List<String> accept = List.of("text/html", "text/event-stream");
        assertThat(EventStreamType.isAccepted(accept)).isTrue();
        assertThat(EventStreamType.isNamed(accept)).isTrue();
        assertThat(EventStreamType.isAccepted(List.of())).isTrue();
    }
}
