package io.spillgate.client.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

final class WishTest {
    private static final int KEYS = 30_000;

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 10})
    void spreadsKeysEvenly(int count) {
        int[] keys = new int[count];
        int[] numbers = new int[count];
        List<AddressId> all = addresses(count);
        for (int i = 0; i < KEYS; i++) {
            keys[all.indexOf(best(Wish.key("user-" + i), all))]++;
            numbers[all.indexOf(best(Wish.key(i), all))]++;
        }
        int fair = KEYS / count;
        assertThat(IntStream.of(keys)).allMatch(share -> Math.abs(share - fair) < fair / 10);
        assertThat(IntStream.of(numbers)).allMatch(share -> Math.abs(share - fair) < fair / 10);
    }

    @Test
    void movesOnlyTheShareOfAnAddressThatGoes() {
        List<AddressId> all = addresses(5);
        AddressId gone = all.get(2);
        List<AddressId> rest = new ArrayList<>(all);
        rest.remove(gone);
        int[] moved = new int[rest.size()];
        for (int i = 0; i < KEYS; i++) {
            Wish wish = Wish.key("k" + i);
            AddressId before = best(wish, all);
            AddressId after = best(wish, rest);
            if (before.equals(gone)) {
                moved[rest.indexOf(after)]++;
            } else {
                assertThat(after).isEqualTo(before);
            }
        }
        int fair = KEYS / 5 / 4;
        assertThat(IntStream.of(moved)).allMatch(share -> Math.abs(share - fair) < fair / 5);
    }

    @Test
    void likesOnlyTheAddressThatItNames() {
        List<AddressId> all = addresses(3);
        Wish wish = Wish.address(all.get(1).text());
        assertThat(all.stream().map(one -> wish.likes(one) == Wish.NOT_AT_ALL))
                .containsExactly(true, false, true);
    }

    /// Cookies of clients live longer than any version of this program.
    @Test
    void namesAddressesAsAlways() {
        assertThat(AddressId.of(at("127.0.0.1", 8080)).text()).isEqualTo("sg.yQ4sNCg-FlQ9TwEp");
        assertThat(AddressId.of(at("2001:db8::1", 80)).text()).isEqualTo("sg.auLDF9eO2Odq3g0J");
        assertThat(AddressId.of(InetSocketAddress.createUnresolved("a.example", 80)).text())
                .isEqualTo("sg.lE59fej0u43TJm9j");
    }

    @Test
    void hashesAsAlways() {
        List<AddressId> all = addresses(3);
        assertThat(IntStream.range(0, 12).map(i -> all.indexOf(best(Wish.key("k" + i), all))))
                .containsExactly(1, 2, 1, 0, 0, 2, 0, 2, 1, 1, 1, 0);
    }

    @Test
    void knowsTheFormOfItsNames() {
        for (AddressId one : addresses(100)) {
            assertThat(AddressId.isOne(one.text())).isTrue();
        }
        for (String other :
                List.of(
                        "",
                        "sg.",
                        "sg.0123456789abcde",
                        "sg.0123456789abcdefg",
                        "sg.0123456789abcd=f")) {
            assertThat(AddressId.isOne(other)).isFalse();
        }
    }

    private static AddressId best(Wish wish, List<AddressId> all) {
        return all.stream().max(Comparator.comparingLong(wish::likes)).orElseThrow();
    }

    private static InetSocketAddress at(String ip, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
    }

    private static List<AddressId> addresses(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> AddressId.of(at("10.0.0." + i, 8000)))
                .toList();
    }
}
