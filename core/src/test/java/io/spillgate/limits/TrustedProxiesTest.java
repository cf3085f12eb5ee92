package io.spillgate.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillgate.config.InvalidValue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Objects;

final class TrustedProxiesTest {
    private static final TrustedProxies PROXIES =
            TrustedProxies.of(List.of("10.0.0.0/8", "2001:db8:ffff::/48"));

    @ParameterizedTest
    @CsvSource({
        "'1.1.1.1', 1.1.1.1",
        "'9.9.9.9, 1.1.1.1', 1.1.1.1",
        "'9.9.9.9, 1.1.1.1, 10.0.0.2', 1.1.1.1",
        "'9.9.9.9,1.1.1.1,10.0.0.2 ,\t10.0.0.3', 1.1.1.1",
        "'10.0.0.4, 10.0.0.3', 10.0.0.4",
        "'1.1.1.1, 2001:db8:ffff::1', 1.1.1.1",
        "'2001:db8::5, [2001:db8:ffff::1]:443', 2001:db8::5",
        "'1.1.1.1, ::ffff:10.0.0.9', 1.1.1.1",
        "'1.1.1.1:123', 1.1.1.1",
        "'1.1.1.1, junk, 10.0.0.2', 10.0.0.2",
        "'junk', 10.0.0.1",
        "'1.1.1.1, unknown', 10.0.0.1",
        "'', 10.0.0.1",
        "', ,', 10.0.0.1",
        "'1.1.1.1,,', 1.1.1.1",
    })
    void walksXForwardedForFromTheRightOverTrustedHops(String line, String client) {
        assertThat(PROXIES.client(address("10.0.0.1"), List.of(), List.of(line)))
                .hasToString(client);
    }

    @Test
    void joinsTheLinesOfXForwardedFor() {
        assertThat(
                        PROXIES.client(
                                address("10.0.0.1"),
                                List.of(),
                                List.of("9.9.9.9", "1.1.1.1, 10.0.0.3", "10.0.0.2")))
                .hasToString("1.1.1.1");
    }

    @Test
    void believesNothingFromAStranger() {
        ClientAddress stranger = address("11.0.0.1");

        assertThat(PROXIES.trusts(stranger)).isFalse();
        assertThat(PROXIES.client(stranger, List.of("for=1.1.1.1"), List.of("1.1.1.1")))
                .isSameAs(stranger);
        assertThat(TrustedProxies.of(List.of()).trusts(address("127.0.0.1"))).isFalse();
    }

    @Test
    void isThePeerWhenATrustedOneSaysNothing() {
        assertThat(PROXIES.client(address("10.0.0.1"), List.of(), List.of()))
                .hasToString("10.0.0.1");
    }

    @ParameterizedTest
    @CsvSource({
        "'for=1.1.1.1', 1.1.1.1",
        "'For=\"1.1.1.1:80\"', 1.1.1.1",
        "'for=9.9.9.9, for=1.1.1.1;proto=https;by=10.0.0.2, for=10.0.0.2', 1.1.1.1",
        "'proto=https;for=\"[2001:db8::5]:4711\" ; host=\"a,b;for=2.2.2.2\"', 2001:db8::5",
        "'for=\"1.1.\\1.1\"', 1.1.1.1",
        "'for=1.1.1.1, proto=http', 10.0.0.1",
        "'for=1.1.1.1, for=unknown', 10.0.0.1",
        "'for=1.1.1.1, for=_x, for=10.0.0.2', 10.0.0.2",
        "'for=1.1.1.1;for=2.2.2.2', 10.0.0.1",
        "'for=\"1.1.1.1', 10.0.0.1",
        "'for=\"1.1.1.1\"x', 10.0.0.1",
        "'for=', 10.0.0.1",
        "'for', 10.0.0.1",
        "'for=1.1.1.1,', 1.1.1.1",
        "';;for=1.1.1.1;;,,', 1.1.1.1",
    })
    void readsForwardedAndLetsItWin(String line, String client) {
        assertThat(PROXIES.client(address("10.0.0.1"), List.of(line), List.of("5.5.5.5")))
                .hasToString(client);
    }

    @Test
    void joinsTheLinesOfForwarded() {
        assertThat(
                        PROXIES.client(
                                address("10.0.0.1"),
                                List.of("for=9.9.9.9", "for=1.1.1.1", "for=10.9.9.9"),
                                List.of()))
                .hasToString("1.1.1.1");
    }

    @Test
    void fallsBackToXForwardedForWhenForwardedNamesNoOne() {
        assertThat(
                        PROXIES.client(
                                address("10.0.0.1"),
                                List.of("proto=https", ""),
                                List.of("1.1.1.1")))
                .hasToString("1.1.1.1");
    }

    @Test
    void refusesANetworkThatIsNone() {
        assertThatThrownBy(() -> TrustedProxies.of(List.of("10.0.0.0/33")))
                .isInstanceOf(InvalidValue.class);
    }

    private static ClientAddress address(String text) {
        return Objects.requireNonNull(ClientAddress.parse(text));
    }
}
