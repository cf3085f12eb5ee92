package io.spillgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.local.LocalAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;

final class AddressTextTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1:80",
        "::1, [::1]:80",
        "::, [::]:80",
        "2001:DB8:0:0:1:0:0:1, [2001:db8::1:0:0:1]:80",
        "2001:db8:0:1:1:1:1:1, [2001:db8:0:1:1:1:1:1]:80",
        "::ffff:192.0.2.1, 192.0.2.1:80",
    })
    void isTheShortForm(String literal, String text) {
        InetAddress ip = InetAddress.ofLiteral(literal);
        assertThat(AddressText.of(new InetSocketAddress(ip, 80))).isEqualTo(text);
    }

    @Test
    void hasNoNameOfAnAddressThatIsResolved() throws Exception {
        InetAddress named = InetAddress.getByAddress("name.test", new byte[] {10, 0, 0, 1});
        assertThat(AddressText.of(new InetSocketAddress(named, 1))).isEqualTo("10.0.0.1:1");
        assertThat(AddressText.of(InetSocketAddress.createUnresolved("name.test", 2)))
                .isEqualTo("name.test:2");
        assertThat(AddressText.of(new LocalAddress("a"))).isEqualTo("local:a");
    }
}
