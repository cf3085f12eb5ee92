package io.spillgate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine.TypeConversionException;

class HubAddressTest {
    @ParameterizedTest
    @CsvSource({
        "http://h:8080, http://h:8080/events",
        "http://h:8080/, http://h:8080/events",
        "h:8080, http://h:8080/events",
        "localhost, http://localhost/events",
        "https://h/my/hub/, https://h/my/hub",
        "http://[::1]:8081, http://[::1]:8081/events"
    })
    void readsAddresses(String text, String expected) {
        assertThat(HubAddress.parse(text)).hasToString(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ftp://h", "http://", "http://h/?a=b", "http://h/#x", "http://h h"})
    void refusesWhatIsNoAddress(String text) {
        assertThatThrownBy(() -> HubAddress.parse(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("is not an address such as");
    }
}
