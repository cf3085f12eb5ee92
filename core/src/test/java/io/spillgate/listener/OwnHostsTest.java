package io.spillgate.listener;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

final class OwnHostsTest {
    private static final OwnHosts HOSTS = OwnHosts.of(List.of("Ops.Example.", "spillgate"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1", "10.1.2.3:8081", "[::1]", "[2001:db8::1]:8081", "localhost",
                "LocalHost:81", "localhost.", "localhost.:81", "ops.example", "OPS.EXAMPLE:81",
                "ops.example.", "spillgate:8081",
            })
    void areAddressesLocalhostAndTheListedNames(String host) {
        assertThat(HOSTS.include(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "evil.example",
                "evil.example:8081",
                "localhost.evil.example",
                "x.localhost",
                "ops.example.evil",
                "x.ops.example",
                "127.0.0.1.evil.example",
                "1.2.3",
                "127.1",
                "2130706433",
                "0x7f.0.0.1",
                "256.1.1.1",
                "ops.example..",
                "[ops.example]",
                "[",
                "[127.0.0.1]",
                "10.0.0.1.nip.io",
                "%6cocalhost",
                "::1",
            })
    void areNoOtherNames(String host) {
        assertThat(HOSTS.include(host)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/stats, a:1, a:1",
        "/stats, , ",
        "*, , ",
        "http://evil/stats, a, a",
        "http://evil:81/stats, , evil:81",
        "HTTP://evil?a=b, , evil",
        "http://evil, , evil",
        "/http://evil, , ",
    })
    void areAskedForByHostOrByTheTarget(String uri, @Nullable String host, @Nullable String asked) {
        assertThat(OwnHosts.asked(uri, host)).isEqualTo(asked);
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:81, 127.0.0.1:81, true",
        "HTTP://LOCALHOST:81, localhost:81, true",
        "http://127.0.0.1:82, 127.0.0.1:81, false",
        "https://127.0.0.1:81, 127.0.0.1:81, false",
        "http://localhost, localhost:81, false",
        "http://evil, evil, false",
        "http://ops.example, ops.example, true",
        "https://ops.example, 127.0.0.1:81, true",
        "https://Ops.Example.:444, 127.0.0.1:81, true",
        "http://ops.example, , true",
        "http://ops.example.evil, 127.0.0.1:81, false",
        "http://null, , false",
        "null, localhost, false",
        "ops.example, localhost, false",
        "'', localhost, false",
    })
    void knowWhichPagesAreTheirs(String origin, @Nullable String asked, boolean own) {
        assertThat(HOSTS.own(origin, "http", asked)).isEqualTo(own);
    }

    @Test
    void ofTheListenerWithTlsArePagesWithTls() {
        assertThat(HOSTS.own("https://127.0.0.1:81", "https", "127.0.0.1:81")).isTrue();
        assertThat(HOSTS.own("http://127.0.0.1:81", "https", "127.0.0.1:81")).isFalse();
    }
}
