package io.spillgate.client.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.spillgate.net.AddressText;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What a pool is told, and when the DNS is asked, with a loop whose time stands still unless a
/// test moves it.
class AddressBookTest {
    private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(AddressBook.class);

    private final EmbeddedChannel time = new EmbeddedChannel();
    private final Dns dns = new Dns();
    private final Heard heard = new Heard();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void freeze() {
        time.freezeTime();
        log.start();
        LOGGER.addAppender(log);
    }

    @AfterEach
    void stop() {
        LOGGER.detachAppender(log);
        time.finishAndReleaseAll();
    }

    @Test
    void reportsLiteralsBeforeTheConstructorReturnsAndNeverAsks() {
        book("127.0.0.1:80", "[::1]:81");

        assertThat(heard.said).containsExactly("127.0.0.1:80 [::1]:81");
        pass(120_000);
        assertThat(dns.asked).isEmpty();
    }

    @Test
    void reportsLiteralsAtOnceAndNamesLater() {
        dns.answer("b:80", 30, "10.0.0.2:80");
        book("10.0.0.1:80", "b:80");

        assertThat(heard.said).containsExactly("10.0.0.1:80");
        settle();
        assertThat(heard.said).containsExactly("10.0.0.1:80", "10.0.0.1:80 10.0.0.2:80");
    }

    @Test
    void anAddressOfTwoNamesIsToldOnce() {
        dns.answer("a:80", 30, "10.0.0.1:80");
        dns.answer("b:80", 30, "10.0.0.1:80", "10.0.0.2:80");
        book("a:80", "b:80");
        settle();

        assertThat(heard.last()).isEqualTo("10.0.0.1:80 10.0.0.2:80");
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "7, 7", "30, 30", "31, 30", "86400, 30"})
    void asksAgainWhenTheTimeToLiveIsOver(long ttl, int seconds) {
        dns.answer("a:80", ttl, "10.0.0.1:80");
        book("a:80");
        settle();
        assertThat(dns.asked).hasSize(1);

        pass(seconds * 1000 - 1);
        assertThat(dns.asked).hasSize(1);
        pass(1);
        assertThat(dns.asked).hasSize(2);
    }

    @Test
    void aVanishedAddressIsMissingFromTheNextList() {
        dns.answer("a:80", 5, "10.0.0.1:80", "10.0.0.2:80");
        book("a:80");
        settle();
        dns.answer("a:80", 5, "10.0.0.2:80");
        pass(5000);

        assertThat(heard.said).containsExactly("10.0.0.1:80 10.0.0.2:80", "10.0.0.2:80");
    }

    @Test
    void addressesKeepTheirPlacesWhateverTheOrderOfTheAnswer() {
        dns.answer("a:80", 5, "10.0.0.3:80", "10.0.0.1:80");
        book("a:80");
        settle();
        dns.answer("a:80", 5, "10.0.0.1:80", "10.0.0.3:80");
        pass(5000);
        assertThat(heard.said).containsExactly("10.0.0.3:80 10.0.0.1:80");

        dns.answer("a:80", 5, "10.0.0.9:80", "10.0.0.1:80", "10.0.0.3:80");
        pass(5000);
        assertThat(heard.last()).isEqualTo("10.0.0.3:80 10.0.0.1:80 10.0.0.9:80");
    }

    @Test
    void familiesAlternateAndIpv6IsFirst() {
        dns.answer("a:80", 5, "10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80", "[fd00::1]:80");
        book("a:80");
        settle();

        assertThat(heard.last()).isEqualTo("[fd00::1]:80 10.0.0.1:80 10.0.0.2:80 10.0.0.3:80");
        dns.answer("a:80", 5, "10.0.0.1:80", "[fd00::1]:80", "[fd00::2]:80");
        pass(5000);
        assertThat(heard.last()).isEqualTo("[fd00::1]:80 10.0.0.1:80 [fd00::2]:80");
    }

    @Test
    void aNameThatStopsResolvingKeepsItsLastAddresses() {
        dns.answer("a:80", 5, "10.0.0.1:80");
        book("a:80");
        settle();
        dns.fail("a:80", "a does not exist");
        pass(60_000);

        assertThat(heard.said).containsExactly("10.0.0.1:80");
        dns.answer("a:80", 5, "10.0.0.2:80");
        pass(30_000);
        assertThat(heard.last()).isEqualTo("10.0.0.2:80");
    }

    @Test
    void anIncompleteAnswerAddsAndTakesNothingAway() {
        dns.answer("a:80", 5, "10.0.0.1:80", "[fd00::1]:80");
        book("a:80");
        settle();
        dns.incomplete("a:80", 5, "10.0.0.2:80");
        pass(5000);

        assertThat(heard.last()).isEqualTo("[fd00::1]:80 10.0.0.1:80 10.0.0.2:80");
        dns.answer("a:80", 5, "10.0.0.2:80");
        pass(1000);
        assertThat(heard.last()).isEqualTo("10.0.0.2:80");
    }

    @Test
    void tellsWhyWhenTheFirstAnswerFailsAndTriesAgainWithGrowingPauses() {
        dns.fail("a:80", "a does not exist");
        book("a:80");
        settle();
        assertThat(heard.said).containsExactly("unresolved: a does not exist");

        int asked = 1;
        for (int seconds : new int[] {1, 2, 4, 8, 16, 30, 30}) {
            pass(seconds * 1000 - 1);
            assertThat(dns.asked).hasSize(asked);
            pass(1);
            assertThat(dns.asked).hasSize(++asked);
        }
        dns.answer("a:80", 5, "10.0.0.1:80");
        pass(30_000);
        assertThat(heard.last()).isEqualTo("10.0.0.1:80");
    }

    @Test
    void afterASuccessThePausesBeginAnew() {
        dns.fail("a:80", "a does not exist");
        book("a:80");
        settle();
        pass(1000);
        dns.answer("a:80", 5, "10.0.0.1:80");
        pass(2000);
        dns.fail("a:80", "a does not exist");
        pass(5000);
        int asked = dns.asked.size();

        pass(999);
        assertThat(dns.asked).hasSize(asked);
        pass(1);
        assertThat(dns.asked).hasSize(asked + 1);
    }

    @Test
    void oneNameWithoutAnAddressIsNoTroubleWhenAnotherHasOne() {
        dns.fail("a:80", "a does not exist");
        dns.answer("b:80", 5, "10.0.0.2:80");
        book("a:80", "b:80");
        settle();
        pass(20_000);

        assertThat(heard.said).containsExactly("10.0.0.2:80");
    }

    @Test
    void waitsForAllNamesBeforeItSaysThatThereIsNoAddress() {
        dns.fail("a:80", "a does not exist");
        Promise<DnsAnswer> late = dns.answerLater("b:80");
        book("a:80", "b:80");
        settle();
        assertThat(heard.said).isEmpty();

        late.setFailure(new UnknownHostException("b is silent"));
        settle();
        assertThat(heard.said).containsExactly("unresolved: a does not exist; b is silent");
    }

    @Test
    void refreshAsksAtOnceButNotMoreOftenThanOnceASecond() {
        dns.answer("a:80", 30, "10.0.0.1:80");
        AddressBook book = book("a:80", "127.0.0.1:80");
        settle();
        pass(10_000);

        book.refresh();
        book.refresh();
        settle();
        assertThat(dns.asked).hasSize(2);

        pass(400);
        book.refresh();
        settle();
        pass(599);
        assertThat(dns.asked).hasSize(2);
        pass(1);
        assertThat(dns.asked).hasSize(3);
    }

    @Test
    void refreshDoesNotAskWhileAnAnswerIsAwaited() {
        Promise<DnsAnswer> late = dns.answerLater("a:80");
        AddressBook book = book("a:80");
        settle();
        pass(5000);
        book.refresh();
        settle();
        assertThat(dns.asked).hasSize(1);

        late.setSuccess(new DnsAnswer(List.of(address("10.0.0.1:80")), 30, true));
        settle();
        assertThat(heard.last()).isEqualTo("10.0.0.1:80");
    }

    @Test
    void nothingIsAskedAndNothingToldAfterClose() {
        dns.answer("a:80", 5, "10.0.0.1:80");
        Promise<DnsAnswer> late = dns.answerLater("b:80");
        AddressBook book = book("a:80", "b:80");
        settle();
        book.close();
        settle();
        late.setSuccess(new DnsAnswer(List.of(address("10.0.0.2:80")), 5, true));
        book.refresh();
        pass(60_000);

        assertThat(heard.said).containsExactly("10.0.0.1:80");
        assertThat(dns.asked).containsExactly("a:80", "b:80");
    }

    @Test
    void aServiceIsAskedForByItsName() {
        dns.answer("srv:_http._tcp.shop", 5, "10.0.0.1:8080");
        book("srv:_http._tcp.shop");
        settle();

        assertThat(heard.last()).isEqualTo("10.0.0.1:8080");
    }

    @Test
    void logsEachChangeOnce() {
        dns.answer("a:80", 5, "10.0.0.1:80");
        book("a:80");
        settle();
        pass(10_000);
        dns.fail("a:80", "a does not exist");
        pass(60_000);
        dns.answer("a:80", 5, "10.0.0.1:80");
        pass(60_000);

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "addresses_changed name=a:80 addresses=[10.0.0.1:80]",
                        "resolve_failed name=a:80 cause=\"a does not exist\" kept=1",
                        "addresses_found_again name=a:80 addresses=[10.0.0.1:80]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", ":80", "a:", "a:x", "a:65536", "srv:"})
    void refusesWhatIsNoAddress(String name) {
        assertThatThrownBy(() -> book(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + name + "\"");
    }

    private AddressBook book(String... names) {
        return new AddressBook(List.of(names), dns, time.eventLoop(), heard);
    }

    private void pass(int millis) {
        time.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        settle();
        // Whatever was due is asked again at most a pause later.
        time.runScheduledPendingTasks();
    }

    private void settle() {
        time.runPendingTasks();
    }

    private static InetSocketAddress address(String text) {
        return ((ConfiguredAddress.Literal) ConfiguredAddress.parse(text)).address();
    }

    /// Answers as told.
    private static final class Dns implements Lookup {
        private final Map<String, Promise<DnsAnswer>> later = new HashMap<>();
        private final Map<String, DnsAnswer> answers = new HashMap<>();
        private final Map<String, String> failures = new HashMap<>();
        private final List<String> asked = new ArrayList<>();

        void answer(String name, long ttl, String... addresses) {
            answer(name, ttl, true, addresses);
        }

        void incomplete(String name, long ttl, String... addresses) {
            answer(name, ttl, false, addresses);
        }

        void fail(String name, String why) {
            failures.put(name, why);
        }

        Promise<DnsAnswer> answerLater(String name) {
            later.put(name, io.netty.util.concurrent.ImmediateEventExecutor.INSTANCE.newPromise());
            return later.get(name);
        }

        @Override
        public Future<DnsAnswer> ask(EventLoop loop, ConfiguredAddress endpoint) {
            String name =
                    switch (endpoint) {
                        case ConfiguredAddress.Host(String host, int port) -> host + ":" + port;
                        case ConfiguredAddress.Service(String service) -> "srv:" + service;
                        case ConfiguredAddress.Literal literal -> throw new AssertionError(literal);
                    };
            asked.add(name);
            if (later.containsKey(name)) {
                return later.get(name);
            }
            String failure = failures.get(name);
            return failure == null
                    ? loop.newSucceededFuture(answers.get(name))
                    : loop.newFailedFuture(new UnknownHostException(failure));
        }

        private void answer(String name, long ttl, boolean complete, String... addresses) {
            failures.remove(name);
            List<InetSocketAddress> all =
                    java.util.stream.Stream.of(addresses).map(AddressBookTest::address).toList();
            answers.put(name, new DnsAnswer(all, ttl, complete));
        }
    }

    /// Remembers what it was told.
    private static final class Heard implements AddressBook.Listener {
        private final List<String> said = new ArrayList<>();

        @Override
        public void addresses(List<InetSocketAddress> all) {
            said.add(String.join(" ", all.stream().map(AddressText::of).toList()));
        }

        @Override
        public void unresolved(String message) {
            said.add("unresolved: " + message);
        }

        String last() {
            return said.getLast();
        }
    }
}
