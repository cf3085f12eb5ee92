package io.spillgate.client.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoop;
import io.netty.resolver.HostsFileEntriesProvider;
import io.netty.util.concurrent.Future;
import io.spillgate.config.BindAddress;
import io.spillgate.config.IoMode;
import io.spillgate.net.AddressText;
import io.spillgate.net.Loops;
import io.spillgate.net.Transport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// What is found out from a DNS server on loopback and from a hosts file.
class ResolverTest {
    /// Long enough that it never ends before what a test waits for.
    private static final long PATIENCE_MILLIS = 10_000;

    private final Loops loops = new Loops(Transport.of(IoMode.AUTO), 1);
    private NameServer dns;
    private Resolver resolver;

    @BeforeEach
    void start() throws IOException {
        dns = new NameServer();
        resolver = resolver(loops, PATIENCE_MILLIS);
    }

    @AfterEach
    void stop() throws IOException {
        resolver.close();
        loops.close();
        dns.close();
    }

    @ParameterizedTest
    @EnumSource
    void asksForBothFamilies(Transport transport) throws Exception {
        dns.ips("a.test", 20, "10.0.0.1", "10.0.0.2").ips("a.test", 17, "fd00::1");
        try (Loops other = Transports.loops(transport, 1);
                Resolver one = resolver(other, PATIENCE_MILLIS)) {
            DnsAnswer answer = ask(other, one, "a.test:80");

            assertThat(AddressText.of(answer.addresses()))
                    .containsExactlyInAnyOrder("10.0.0.1:80", "10.0.0.2:80", "[fd00::1]:80");
            assertThat(answer.ttlSeconds()).isEqualTo(17);
            assertThat(answer.complete()).isTrue();
        }
    }

    @Test
    void eachAddressRemembersItsName() throws Exception {
        dns.ips("a.test", 20, "10.0.0.1");

        assertThat(ask("a.test:80").addresses())
                .singleElement()
                .extracting(InetSocketAddress::getHostString)
                .isEqualTo("a.test");
    }

    @Test
    void aNameWithOneFamilyIsComplete() throws Exception {
        dns.ips("a.test", 20, "10.0.0.1");
        assertThat(ask("a.test:80").complete()).isTrue();
    }

    @Test
    void nothingIsRemembered() throws Exception {
        dns.ips("a.test", 3600, "10.0.0.1");
        ask("a.test:80");
        dns.ips("a.test", 3600, "10.0.0.2");

        assertThat(AddressText.of(ask("a.test:80").addresses())).containsExactly("10.0.0.2:80");
    }

    @Test
    void followsAnAliasAndTakesItsTimeToLiveIfThatIsShorter() throws Exception {
        dns.alias("www.test", 9, "a.test").ips("a.test", 20, "10.0.0.1");
        DnsAnswer answer = ask("www.test:80");

        assertThat(AddressText.of(answer.addresses())).containsExactly("10.0.0.1:80");
        assertThat(answer.ttlSeconds()).isEqualTo(9);
    }

    @Test
    void takesAnAnswerThatFitsNoDatagram() throws Exception {
        dns.ips("a.test", 20, "10.0.0.1").truncated("a.test", NameServer.A);

        assertThat(AddressText.of(ask("a.test:80").addresses())).containsExactly("10.0.0.1:80");
        assertThat(dns.asked()).contains("a.test A TCP");
    }

    @Test
    void aSilentFamilyDoesNotHoldUpTheOther() throws Exception {
        dns.ips("a.test", 20, "10.0.0.1").silent("a.test", NameServer.AAAA);
        DnsAnswer answer = ask("a.test:80");

        assertThat(AddressText.of(answer.addresses())).containsExactly("10.0.0.1:80");
        assertThat(answer.complete()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "3, a.test does not exist in the DNS (NXDOMAIN)",
        "2, a.test was not found out: the DNS server answers ServFail(2)",
        "0, a.test has no address in the DNS",
    })
    void saysWhyThereIsNoAddress(int code, String message) {
        dns.raw("a.test", 16, 20, (byte) 0).code("a.test", code);

        assertThatThrownBy(() -> ask("a.test:80")).hasMessage(message);
    }

    @Test
    void saysThatTheServerIsSilentAndAsksItTwice() throws Exception {
        dns.silent("a.test", NameServer.A).silent("a.test", NameServer.AAAA);
        try (Resolver hasty = resolver(loops, 100)) {
            assertThatThrownBy(() -> ask(loops, hasty, "a.test:80"))
                    .hasMessage("a.test was not found out: the DNS server does not answer");
        }
        assertThat(dns.asked().stream().filter("a.test A"::equals)).hasSize(2);
    }

    @Test
    void findsTheServersOfTheLowestPriority() throws Exception {
        dns.service("_http._tcp.shop.test", 30, 20, 1, "spare.test")
                .service("_http._tcp.shop.test", 25, 10, 8080, "a.test")
                .service("_http._tcp.shop.test", 30, 10, 8081, "b.test")
                .ips("a.test", 20, "10.0.0.1")
                .ips("b.test", 30, "10.0.0.2", "10.0.0.3");
        DnsAnswer answer = ask("srv:_http._tcp.shop.test");

        assertThat(AddressText.of(answer.addresses()))
                .containsExactlyInAnyOrder("10.0.0.1:8080", "10.0.0.2:8081", "10.0.0.3:8081");
        assertThat(answer.ttlSeconds()).isEqualTo(20);
        assertThat(answer.complete()).isTrue();
        assertThat(dns.asked()).doesNotContain("spare.test A");
    }

    @Test
    void theTimeToLiveOfAServiceCountsToo() throws Exception {
        dns.service("_http._tcp.shop.test", 5, 10, 8080, "a.test").ips("a.test", 20, "10.0.0.1");

        assertThat(ask("srv:_http._tcp.shop.test").ttlSeconds()).isEqualTo(5);
    }

    @Test
    void aServiceWithOneLostServerIsIncomplete() throws Exception {
        dns.service("_http._tcp.shop.test", 30, 10, 8080, "a.test")
                .service("_http._tcp.shop.test", 30, 10, 8080, "lost.test")
                .ips("a.test", 20, "10.0.0.1");
        DnsAnswer answer = ask("srv:_http._tcp.shop.test");

        assertThat(AddressText.of(answer.addresses())).containsExactly("10.0.0.1:8080");
        assertThat(answer.complete()).isFalse();
    }

    @Test
    void aBrokenServiceRecordIsPassedOver() throws Exception {
        dns.raw("_http._tcp.shop.test", NameServer.SRV, 30, (byte) 0, (byte) 1)
                .service("_http._tcp.shop.test", 30, 10, 8080, "a.test")
                .ips("a.test", 20, "10.0.0.1");
        DnsAnswer answer = ask("srv:_http._tcp.shop.test");

        assertThat(AddressText.of(answer.addresses())).containsExactly("10.0.0.1:8080");
        assertThat(answer.complete()).isFalse();
    }

    @Test
    void saysThatAServiceIsNotOffered() {
        dns.service("_http._tcp.shop.test", 30, 0, 0, "");

        assertThatThrownBy(() -> ask("srv:_http._tcp.shop.test"))
                .hasMessage("_http._tcp.shop.test has no server in the DNS");
        assertThatThrownBy(() -> ask("srv:_http._tcp.nothing.test"))
                .hasMessage("_http._tcp.nothing.test does not exist in the DNS (NXDOMAIN)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:80", "LOCALHOST:80", "any.localhost:80"})
    void localhostIsThisMachineAndTheDnsIsNotAsked(String name) throws Exception {
        assertThat(AddressText.of(ask(name).addresses())).contains("127.0.0.1:80", "[::1]:80");
        assertThat(dns.asked()).isEmpty();
    }

    @Test
    void theHostsFileIsReadAnewEachTime(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("hosts");
        Files.writeString(file, "10.0.0.1 box.test box\nfd00::1 BOX.test\n");
        try (Resolver system = system(file)) {
            DnsAnswer first = ask(loops, system, "Box.test:80");
            assertThat(AddressText.of(first.addresses()))
                    .containsExactlyInAnyOrder("10.0.0.1:80", "[fd00::1]:80");
            assertThat(first.ttlSeconds()).isEqualTo(30);

            Files.writeString(file, "10.0.0.2 box.test\n");
            assertThat(AddressText.of(ask(loops, system, "box.test:80").addresses()))
                    .containsExactly("10.0.0.2:80");
        }
    }

    @Test
    void theHostsFileGoesBeforeTheBuiltInLocalhost(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("hosts");
        Files.writeString(file, "127.0.0.9 localhost\n");
        try (Resolver system = system(file)) {
            assertThat(AddressText.of(ask(loops, system, "localhost:80").addresses()))
                    .containsExactly("127.0.0.9:80");
        }
    }

    @ParameterizedTest
    @CsvSource({"dns.test, 53", "127.0.0.1, 0"})
    void refusesAServerThatIsNoIpAndPort(String host, int port) {
        assertThatThrownBy(() -> new Resolver(loops, Optional.of(new BindAddress(host, port))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be IP:port");
    }

    @Test
    void nothingIsAskedAfterClose() {
        resolver.close();
        assertThatThrownBy(() -> ask("a.test:80")).hasMessage("the resolver was closed");
    }

    @Test
    void aBookFollowsTheServer() throws Exception {
        dns.ips("a.test", 1, "10.0.0.1");
        BlockingQueue<List<String>> told = new LinkedBlockingQueue<>();
        AddressBook.Listener listener =
                new AddressBook.Listener() {
                    @Override
                    public void addresses(List<InetSocketAddress> all) {
                        told.add(AddressText.of(all));
                    }

                    @Override
                    public void unresolved(String message) {
                        told.add(List.of(message));
                    }
                };
        try (AddressBook book = new AddressBook(List.of("a.test:80"), resolver, listener)) {
            assertThat(told.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS))
                    .containsExactly("10.0.0.1:80");
            dns.ips("a.test", 1, "10.0.0.2");
            assertThat(told.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS))
                    .containsExactly("10.0.0.2:80");
            book.refresh();
        }
    }

    private DnsAnswer ask(String name) throws Exception {
        return ask(loops, resolver, name);
    }

    private static DnsAnswer ask(Loops loops, Resolver resolver, String name) throws Exception {
        EventLoop loop = loops.all().getFirst();
        ConfiguredAddress endpoint = ConfiguredAddress.parse(name);
        Future<Future<DnsAnswer>> asked = loop.submit(() -> resolver.ask(loop, endpoint));
        Future<DnsAnswer> answer = asked.get();
        if (!answer.await(PATIENCE_MILLIS * 3, TimeUnit.MILLISECONDS)) {
            throw new AssertionError("no answer");
        }
        if (answer.cause() instanceof Exception failure) {
            throw failure;
        }
        return answer.getNow();
    }

    private Resolver resolver(Loops used, long serverMillis) {
        return new Resolver(
                used,
                dns.address(),
                HostsFileEntriesProvider.parser()::parseSilently,
                serverMillis);
    }

    private Resolver system(Path hosts) {
        return new Resolver(
                loops,
                Optional.empty(),
                () -> HostsFileEntriesProvider.parser().parseSilently(hosts.toFile()),
                PATIENCE_MILLIS);
    }
}
