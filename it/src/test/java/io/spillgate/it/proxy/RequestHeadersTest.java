package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendRequest;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;

/// Which headers of a request a backend gets.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RequestHeadersTest {
    private ProxyGateway gateway;

    @BeforeEach
    void start() {
        start("");
    }

    private void start(String settings) {
        gateway = ProxyGateway.start(Backend.saying("hi"), settings);
    }

    private void restart(String settings) {
        gateway.close();
        start(settings);
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void keepsEndToEndHeadersInTheirOrderAndSpelling() {
        BackendRequest request =
                sent("x-LOWER: 1\nCookie: a=1\nAccept: */*\nCookie: b=2\nX-Empty:\nX-Tab: a\tb");
        assertThat(request.head())
                .containsSubsequence(
                        "x-LOWER: 1\r\n",
                        "Cookie: a=1\r\n",
                        "Accept: */*\r\n",
                        "Cookie: b=2\r\n",
                        "X-Empty:",
                        "X-Tab: a\tb\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Keep-Alive: timeout=5",
                "Proxy-Connection: keep-alive",
                "TE: trailers, deflate",
                "Trailer: X-Sum",
                "Upgrade: h2c",
                "Expect: 100-continue",
            })
    void removesWhatIsMeantForTheNextHopOnly(String header) {
        BackendRequest request = sent(header);
        assertThat(request.values(header.substring(0, header.indexOf(':')))).isEmpty();
    }

    @Test
    void removesWhatConnectionNames() {
        BackendRequest request =
                sent(
                        """
                        X-One: 1
                        Connection: close, x-one , X-Two
                        X-Two: 2
                        X-Three: 3
                        Connection: X-Four
                        X-Four: 4
                        X-Onerous: 5\
                        """);
        assertThat(request.values("X-One")).isEmpty();
        assertThat(request.values("X-Two")).isEmpty();
        assertThat(request.values("X-Four")).isEmpty();
        assertThat(request.header("X-Three")).isEqualTo("3");
        assertThat(request.header("X-Onerous")).isEqualTo("5");
        assertThat(String.join(",", request.values("Connection")).toLowerCase(Locale.ROOT))
                .doesNotContain("x-", "close");
    }

    @Test
    void keepsWhatConnectionMustNotName() {
        gateway.ask(
                """
                POST /a HTTP/1.1
                Host: test.example
                Content-Length: 5
                Connection: Host, Content-Length, X-Forwarded-For, X-Forwarded-Proto
                Connection: X-Forwarded-Host

                hello\
                """);
        BackendRequest request = last();
        assertThat(request.header("Host")).isEqualTo("test.example");
        assertThat(request.header("Content-Length")).isEqualTo("5");
        assertThat(request.body()).isEqualTo("hello");
        assertThat(request.header("X-Forwarded-For")).isEqualTo("127.0.0.1");
        assertThat(request.header("X-Forwarded-Proto")).isEqualTo("http");
        assertThat(request.header("X-Forwarded-Host")).isEqualTo("test.example");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Proxy-Authorization: Basic eA==", "Authorization: Basic eA=="})
    void passesOnCredentials(String header) {
        assertThat(sent(header).head()).contains(header + "\r\n");
    }

    @Test
    void saysThatItIsOnTheWay() {
        assertThat(sent("A: b").header("Via")).matches("1\\.1 \\S+");
        String via = String.join(", ", sent("Via: 1.0 fred").values("Via"));
        assertThat(via).matches("1\\.0 fred, 1\\.1 \\S+");
    }

    @Test
    void saysWhichProtocolTheClientSpoke() {
        gateway.ask("GET /a HTTP/1.0\nHost: test\n\n");
        assertThat(last().header("Via")).matches("1\\.0 \\S+");
    }

    @Test
    void saysForWhomItAsks() {
        BackendRequest request = sent("A: b");
        assertThat(request.header("X-Forwarded-For")).isEqualTo("127.0.0.1");
        assertThat(request.header("X-Forwarded-Proto")).isEqualTo("http");
        assertThat(request.header("X-Forwarded-Host")).isEqualTo("test");
        assertThat(request.header("Host")).isEqualTo("test");
    }

    @Test
    void doesNotBelieveAStranger() {
        BackendRequest request =
                sent(
                        """
                        X-Forwarded-For: 6.6.6.6
                        x-forwarded-for: 7.7.7.7
                        X-Forwarded-Proto: https
                        X-Forwarded-Host: evil.example
                        Forwarded: for=6.6.6.6;proto=https
                        X-Forwarded-Port: 666\
                        """);
        assertThat(request.header("X-Forwarded-For")).isEqualTo("127.0.0.1");
        assertThat(request.header("X-Forwarded-Proto")).isEqualTo("http");
        assertThat(request.header("X-Forwarded-Host")).isEqualTo("test");
        assertThat(request.head()).doesNotContain("6.6.6.6", "7.7.7.7", "evil", "666");
    }

    @Test
    void addsToWhatATrustedPeerSays() {
        restart("http.trusted_proxies = [\"127.0.0.0/8\"]");
        BackendRequest request =
                sent(
                        """
                        X-Forwarded-For: 6.6.6.6
                        X-Forwarded-Proto: https
                        X-Forwarded-Host: shop.example\
                        """);
        assertThat(String.join(", ", request.values("X-Forwarded-For")))
                .isEqualTo("6.6.6.6, 127.0.0.1");
        assertThat(request.header("X-Forwarded-Proto")).isEqualTo("https");
        assertThat(request.header("X-Forwarded-Host")).isEqualTo("shop.example");
    }

    @Test
    void passesOnOfATrustedPeerOnlyTheFamilyThatIsBelieved() {
        String both =
                """
                Forwarded: for=6.6.6.6;proto=ftp;host=other, for=5.5.5.5;proto=https;host=shop
                X-Forwarded-For: 7.7.7.7
                X-Forwarded-Proto: wss
                X-Forwarded-Host: third
                X-Real-IP: 8.8.8.8\
                """;
        restart("http.trusted_proxies = [\"127.0.0.0/8\"]");
        assertThat(sent(both).head())
                .contains(
                        "X-Forwarded-For: 7.7.7.7, 127.0.0.1\r\n",
                        "X-Forwarded-Proto: wss\r\n",
                        "X-Forwarded-Host: third\r\n",
                        "X-Real-IP: 8.8.8.8\r\n")
                .doesNotContain("\r\nForwarded", "6.6.6.6", "5.5.5.5", "shop");
        restart("http.trusted_proxies = [\"127.0.0.0/8\"]\nhttp.forwarded_header = \"forwarded\"");
        assertThat(sent(both).head())
                .contains(
                        "X-Forwarded-For: 5.5.5.5, 127.0.0.1\r\n",
                        "X-Forwarded-Proto: https\r\n",
                        "X-Forwarded-Host: shop\r\n",
                        "Forwarded: for=5.5.5.5;proto=https;host=shop, for=127.0.0.1\r\n")
                .doesNotContain("6.6.6.6", "7.7.7.7", "8.8.8.8", "wss", "third", "other");
    }

    @Test
    void fillsInWhatATrustedPeerDoesNotSay() {
        restart("http.trusted_proxies = [\"127.0.0.0/8\"]");
        BackendRequest request = sent("A: b");
        assertThat(request.header("X-Forwarded-For")).isEqualTo("127.0.0.1");
        assertThat(request.header("X-Forwarded-Proto")).isEqualTo("http");
        assertThat(request.header("X-Forwarded-Host")).isEqualTo("test");
    }

    @Test
    void replacesTheHost() {
        restart("http-destinations.backend.override-host-header = \"inner.example:8000\"");
        BackendRequest request = sent("A: b");
        assertThat(request.header("Host")).isEqualTo("inner.example:8000");
        assertThat(request.header("X-Forwarded-Host")).isEqualTo("test");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    GET http://test.example/a?b=c HTTP/1.1 | test.example    | /a?b=c
                    GET HTTP://Test.Example/a HTTP/1.1     | test.example    | /a
                    GET http://test.example HTTP/1.1       | test.example    | /
                    GET http://test.example?b=c HTTP/1.1   | test.example    | /?b=c
                    GET http://test:81/a HTTP/1.1          | test:81         | /a
                    """)
    void sendsAnAbsoluteTargetAsAPath(String line, String host, String target) {
        gateway.ask(line + "\nHost: " + host + "\n\n");
        assertThat(last().target()).isEqualTo(target);
        assertThat(last().header("Host")).isEqualToIgnoringCase(host);
    }

    @Test
    void namesEachRequestAndLetsNobodyElseDoSo() {
        restart("http-destinations.backend.request-id-header = \"X-Request-Id\"");
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String forged = "X-Request-Id: forged\nx-request-ID: forged again";
            ids.add(String.valueOf(sent(forged).header("X-Request-Id")));
        }
        assertThat(ids).allMatch(id -> id.matches("[A-Za-z0-9_-]{32}"));
        assertThat(ids).isSorted();
        assertThat(new HashSet<>(ids)).hasSize(50);
    }

    @Test
    void leavesAClientsOwnIdAloneWhenThereIsNoHeaderForIds() {
        assertThat(sent("X-Request-Id: mine").header("X-Request-Id")).isEqualTo("mine");
    }

    @Test
    void forgetsNothingOfOneRequestInTheNext() {
        assertThat(sent("X-First: 1").header("X-First")).isEqualTo("1");
        assertThat(sent("X-Second: 2").header("X-First")).isNull();
        assertThat(last().connection()).isEqualTo(1);
    }

    /// What a backend gets of a request with these header lines.
    private BackendRequest sent(String headerLines) {
        int status = gateway.ask("GET /a HTTP/1.1\nHost: test\n" + headerLines + "\n\n").status();
        assertThat(status).isEqualTo(200);
        return last();
    }

    private BackendRequest last() {
        return gateway.backend().requests().getLast();
    }
}
