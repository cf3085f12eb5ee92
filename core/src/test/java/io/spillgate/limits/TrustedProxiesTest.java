package io.spillgate.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillgate.config.ForwardedHeader;
import io.spillgate.config.InvalidValue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;

final class TrustedProxiesTest {
    private static final List<String> NETWORKS = List.of("10.0.0.0/8", "2001:db8:ffff::/48");
    private static final TrustedProxies X_FORWARDED =
            TrustedProxies.of(NETWORKS, ForwardedHeader.X_FORWARDED_FOR);
    private static final TrustedProxies FORWARDED =
            TrustedProxies.of(NETWORKS, ForwardedHeader.FORWARDED);
    private static final ClientAddress PEER = address("10.0.0.1");

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
        "'1.1.1.1, _hidden', 10.0.0.1",
        "'', 10.0.0.1",
        "', ,', 10.0.0.1",
        "'1.1.1.1,,', 1.1.1.1",
        "'9.9.9.9|1.1.1.1, 10.0.0.3|10.0.0.2', 1.1.1.1",
    })
    void walksXForwardedForFromTheRightOverTrustedHops(String lines, String client) {
        assertThat(client(X_FORWARDED, "X-Forwarded-For", lines)).hasToString(client);
    }

    @ParameterizedTest
    @CsvSource({
        "'for=1.1.1.1', 1.1.1.1",
        "'For=\"1.1.1.1:80\"', 1.1.1.1",
        "'for=9.9.9.9, for=1.1.1.1;proto=https;by=10.0.0.2, for=10.0.0.2', 1.1.1.1",
        "'proto=https;for=\"[2001:db8::5]:4711\" ; host=\"a,b;for=2.2.2.2\"', 2001:db8::5",
        "'for=[2001:db8::5]', 2001:db8::5",
        "'for=\"1.1.\\1.1\"', 1.1.1.1",
        "'for=1.1.1.1, proto=http', 10.0.0.1",
        "'for=1.1.1.1, for=unknown', 10.0.0.1",
        "'for=1.1.1.1, for=_x, for=10.0.0.2', 10.0.0.2",
        "'for=1.1.1.1;for=2.2.2.2', 10.0.0.1",
        "'for=1.1.1.1;FOR=1.1.1.1', 10.0.0.1",
        "'for=\"1.1.1.1', 10.0.0.1",
        "'for=\"1.1.1.1\"x', 10.0.0.1",
        "'for=1.1.1.1;by=a\"b', 10.0.0.1",
        "'for=1.1.1.1;by=', 10.0.0.1",
        "'for=1.1.1.1;by', 10.0.0.1",
        "'for=1.1.1.1;b y=c', 10.0.0.1",
        "'for=', 10.0.0.1",
        "'for', 10.0.0.1",
        "'', 10.0.0.1",
        "'for=1.1.1.1,', 1.1.1.1",
        "';;for=1.1.1.1;;,,', 1.1.1.1",
        "'for=9.9.9.9|for=1.1.1.1|for=10.9.9.9', 1.1.1.1",
        "'for=9.9.9.9;by=\"|for=1.1.1.1', 1.1.1.1",
    })
    void walksForwardedFromTheRightOverTrustedHops(String lines, String client) {
        assertThat(client(FORWARDED, "Forwarded", lines)).hasToString(client);
    }

    /// What a client writes before what its proxy adds to the same line.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "for=6.6.6.6;by=\"",
                "for=6.6.6.6;by=\"\\",
                "for=6.6.6.6, for=6.6.6.6;x=\"",
                "for=\"",
                "for=6.6.6.6;by=\"x\";y=\"",
            })
    void findsNoClientBehindAQuotationMarkThatAClientLeavesOpen(String claim) {
        for (String added : List.of("for=1.1.1.1", "for=\"[2001:db8::1]:5\";proto=http")) {
            assertThat(client(FORWARDED, "Forwarded", claim + ", " + added))
                    .as("%s, %s", claim, added)
                    .hasToString("10.0.0.1");
        }
    }

    @Test
    void looksAtNoOtherHeaderThanItsOwn() {
        assertThat(client(X_FORWARDED, "Forwarded", "for=1.1.1.1")).hasToString("10.0.0.1");
        assertThat(client(FORWARDED, "X-Forwarded-For", "1.1.1.1")).hasToString("10.0.0.1");
        Function<String, List<String>> both =
                name -> List.of(name.equals("Forwarded") ? "for=1.1.1.1" : "5.5.5.5");
        assertThat(X_FORWARDED.client(PEER, both)).hasToString("5.5.5.5");
        assertThat(FORWARDED.client(PEER, both)).hasToString("1.1.1.1");
        assertThat(X_FORWARDED.way(PEER, _ -> List.of("for=1.1.1.1"))).isEmpty();
        assertThat(X_FORWARDED.trustsXForwarded(PEER)).isTrue();
        assertThat(FORWARDED.trustsXForwarded(PEER)).isFalse();
    }

    @Test
    void believesNothingFromAStranger() {
        ClientAddress stranger = address("11.0.0.1");
        for (TrustedProxies proxies : List.of(X_FORWARDED, FORWARDED)) {
            assertThat(proxies.trusts(stranger)).isFalse();
            assertThat(proxies.trustsXForwarded(stranger)).isFalse();
            assertThat(proxies.client(stranger, _ -> List.of("1.1.1.1"))).isSameAs(stranger);
            assertThat(proxies.client(stranger, _ -> List.of("for=1.1.1.1"))).isSameAs(stranger);
            assertThat(proxies.way(stranger, _ -> List.of("for=1.1.1.1"))).isEmpty();
        }
        TrustedProxies none = TrustedProxies.of(List.of(), ForwardedHeader.FORWARDED);
        assertThat(none.trusts(address("127.0.0.1"))).isFalse();
    }

    @Test
    void isThePeerWhenATrustedOneSaysNothing() {
        assertThat(X_FORWARDED.client(PEER, _ -> List.of())).isSameAs(PEER);
        assertThat(FORWARDED.client(PEER, _ -> List.of())).isSameAs(PEER);
        assertThat(FORWARDED.way(PEER, _ -> List.of()))
                .contains(new ForwardedWay(List.of(), List.of(), null, null));
    }

    /// Of each way: the hops, the elements, the scheme, the host.
    @ParameterizedTest
    @CsvSource({
        "'for=1.1.1.1', '[1.1.1.1] [for=1.1.1.1] null null'",
        "'for=9.9.9.9;proto=ftp , for=1.1.1.1;proto=HTTPS;host=a:1 ,for=10.0.0.2;proto=http',"
                + "'[1.1.1.1, 10.0.0.2] [for=1.1.1.1;proto=HTTPS;host=a:1,"
                + " for=10.0.0.2;proto=http] https a:1'",
        "'for=unknown;proto=https, for=10.0.0.2',"
                + "'[10.0.0.2] [for=unknown;proto=https, for=10.0.0.2] https null'",
        "'for=_a;host=b, for=1.1.1.1', '[1.1.1.1] [for=1.1.1.1] null null'",
        "'for=6.6.6.6;host=evil;proto=\", for=10.0.0.2', '[] [] null null'",
        "'for=1.1.1.1;proto=\"a b\";host=\"a,b\"',"
                + "'[1.1.1.1] [for=1.1.1.1;proto=\"a b\";host=\"a,b\"] null null'",
        "'for=10.0.0.3;host=\"[::1]:8\"', '[10.0.0.3] [for=10.0.0.3;host=\"[::1]:8\"] null"
                + " [::1]:8'",
    })
    void believesOfForwardedWhatTrustedHopsWrote(String line, String expected) {
        ForwardedWay way = FORWARDED.way(PEER, _ -> List.of(line)).orElseThrow();
        assertThat(way.hops() + " " + way.elements() + " " + way.proto() + " " + way.host())
                .isEqualTo(expected);
    }

    @Test
    void refusesANetworkThatIsNone() {
        assertThatThrownBy(() ->
                        TrustedProxies.of(List.of("10.0.0.0/33"), ForwardedHeader.X_FORWARDED_FOR))
                .isInstanceOf(InvalidValue.class);
    }

    /// The client behind the peer, by these lines of one header.
    private static ClientAddress client(TrustedProxies proxies, String header, String lines) {
        List<String> all = List.of(lines.split("\\|", -1));
        return proxies.client(PEER, name -> name.equals(header) ? all : List.of());
    }

    private static ClientAddress address(String text) {
        return Objects.requireNonNull(ClientAddress.parse(text));
    }
}
