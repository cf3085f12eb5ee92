package io.spillgate.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.HexFormat;
import java.util.Objects;

final class ClientAddressTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "192.0.2.1:4711, 192.0.2.1",
        "2001:db8::1, 2001:db8::1",
        "2001:DB8:0:0::1, 2001:db8::1",
        "[2001:db8::1], 2001:db8::1",
        "[2001:db8::1]:4711, 2001:db8::1",
        "::ffff:192.0.2.1, 192.0.2.1",
        "[::ffff:c000:201]:80, 192.0.2.1",
    })
    void readsWhatForwardingHeadersWrite(String text, String address) {
        assertThat(parse(text)).hasToString(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "unknown",
                "_hidden",
                "localhost",
                "a.b.c.d",
                "1.2.3",
                "1.2.3.4.5",
                "256.1.1.1",
                "1.2.3.4:",
                "1.2.3.4:x",
                "1.2.3.4:123456",
                "1.2.3.4/8",
                " 1.2.3.4",
                "[1.2.3.4]",
                "[::1",
                "::1]",
                "[::1]x",
                "[::1]:",
                "[[::1]]",
                "fe80::1%eth0",
                "1::2::3",
                ":::",
                "12345::",
            })
    void refusesWhatIsNoAddress(String text) {
        assertThat(ClientAddress.parse(text)).isNull();
    }

    @Test
    void foldsMappedAddressesFromTheSocketToo() {
        ClientAddress mapped =
                ClientAddress.of(HexFormat.of().parseHex("00000000000000000000ffffc0000201"));

        assertThat(mapped).isEqualTo(parse("192.0.2.1")).hasSameHashCodeAs(parse("192.0.2.1"));
        assertThat(mapped.bytes()).hasSize(4);
        assertThat(mapped.key()).isEqualTo(new ClientKey(0xc0000201L, false));
    }

    @Test
    void countsAnIpv6NetworkOf64BitsAsOneClient() {
        assertThat(parse("2001:db8:1:2::1").key()).isEqualTo(parse("2001:db8:1:2:ffff::9").key());
        assertThat(parse("2001:db8:1:2::1").key()).isNotEqualTo(parse("2001:db8:1:3::1").key());
        assertThat(parse("192.0.2.1").key()).isNotEqualTo(parse("192.0.2.2").key());
        assertThat(parse("0.0.0.0").key()).isNotEqualTo(parse("::1").key());
    }

    @Test
    void doesNotShareItsBytes() {
        byte[] bytes = {10, 0, 0, 1};
        ClientAddress address = ClientAddress.of(bytes);
        bytes[0] = 11;
        address.bytes()[1] = 1;

        assertThat(address).hasToString("10.0.0.1");
    }

    @Test
    void refusesBytesThatAreNoAddress() {
        assertThatThrownBy(() -> ClientAddress.of(new byte[5]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static ClientAddress parse(String text) {
        return Objects.requireNonNull(ClientAddress.parse(text));
    }
}
