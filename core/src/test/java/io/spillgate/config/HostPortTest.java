package io.spillgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HostPortTest {
    @ParameterizedTest
    @CsvSource({
        "name, name, -1",
        "name:0, name, 0",
        "Bücher.example:80, Bücher.example, 80",
        "a_b.c~d-e:00080, a_b.c~d-e, 80",
        "192.0.2.1:99999, 192.0.2.1, 99999",
        "[::1], ::1, -1",
        "[2001:db8::1]:443, 2001:db8::1, 443",
        "[fe80::1%eth0]:80, fe80::1%eth0, 80",
        "[::ffff:192.0.2.1]:80, ::ffff:192.0.2.1, 80",
    })
    void areTakenApart(String text, String host, int port) {
        assertThat(HostPort.parse(text)).isEqualTo(new HostPort(host, port));
        assertThat(HostPort.host(text)).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":80",
                "name:",
                "name:x",
                "name:-1",
                "name:+1",
                "name:123456",
                "name:8 0",
                "na me:80",
                " name",
                "me@name:80",
                "name/path",
                "name?q:80",
                "::1",
                "::1:80",
                "a:b:80",
                "[::1",
                "::1]",
                "[]:80",
                "[::1]x",
                "[::1]:",
                "[[::1]]:80",
                "[name]:80",
                "[192.0.2.1]:80",
                "[1::2::3]",
            })
    void areNotInWhatIsMalformed(String text) {
        assertThat(HostPort.parse(text)).isNull();
        assertThat(HostPort.host(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"name:80, name, 80", "A-b_c.d~9, A-b_c.d~9, -1", "[::1]:1, ::1, 1"})
    void areTakenFromUrlsToo(String text, String host, int port) {
        assertThat(HostPort.parseAuthority(text)).isEqualTo(new HostPort(host, port));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bücher:80", "%41", "[fe80::1%eth0]:80", "a,b", "a;b", "::1", "a:"})
    void areNotInWhatNoUrlMayHave(String text) {
        assertThat(HostPort.parseAuthority(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "name, name",
        "name:80, name",
        "name:, name",
        "%6cocalhost:80, %6cocalhost",
        "[::1]:80, [::1]",
        "[::1]:, [::1]",
        "[, [",
        "'', ''",
    })
    void loseThePortOfAHostHeader(String text, String host) {
        assertThat(HostPort.judgedHost(text)).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "name:80", "192.0.2.1:0", "[::1]", "[::1]:443"})
    void areWrittenAsTheyAreRead(String text) {
        assertThat(HostPort.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({"name, name:80", "::1, [::1]:80", "[::1], [::1]:80"})
    void arePutTogether(String host, String text) {
        assertThat(HostPort.text(host, 80)).isEqualTo(text);
    }
}
