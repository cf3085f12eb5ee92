package io.spillgate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.config.ClientConfig;
import io.spillgate.config.DestinationConfig;
import io.spillgate.config.HealthConfig;
import io.spillgate.config.PoolConfig;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Lists of header lines are written `A: 1 | B: 2`.
final class HeaderRulesTest {
    private static final Sender STRANGER = sender(false, null, "1.1");
    private static final Sender TRUSTED = sender(true, null, "1.1");
    private static final Upstream PLAIN = destination(null, null);

    /// What is sent of each request besides Host: c, Via and the X-Forwarded lines.
    @ParameterizedTest
    @CsvSource({
        "'A: 1 | B: 2 | a: 3', 'A: 1 | B: 2 | a: 3'",
        "'Cookie: a=1 | Cookie: b=2', 'Cookie: a=1 | Cookie: b=2'",
        "'Connection: close', ''",
        "'Connection: keep-alive, X-A | x-a: 1 | X-B: 2', 'X-B: 2'",
        "'Connection: X-A | Connection: ,x-b , | X-A: 1 | X-B: 2 | X-C: 3', 'X-C: 3'",
        "'Connection: Authorization | Authorization: Basic eA==', ''",
        "'Keep-Alive: timeout=5 | Proxy-Connection: close | TE: trailers | Trailer: X', ''",
        "'Transfer-Encoding: chunked', ''",
        "'Content-Length: 5', ''",
        "'Expect: 100-continue', ''",
        "'Upgrade: h2c | Connection: upgrade, HTTP2-Settings | HTTP2-Settings: AA', ''",
        "'Upgrade: websocket | Sec-WebSocket-Key: k', 'Sec-WebSocket-Key: k'",
        "'Proxy-Authorization: Basic eA==', 'Proxy-Authorization: Basic eA=='",
        "'Forwarded: for=1.1.1.1', ''",
        "'X-Real-IP: 1.1.1.1 | x_real_ip: 1.1.1.1', ''",
        "'X-Forwarded-Port: 443 | X-Forwarded-Prefix: /a | X-Forwarded-For-Not: 1', ''",
        "'X_Forwarded_For: 1.1.1.1 | x_forwarded_host: evil | X-Forwarded_Proto: https', ''",
        "'X-Forwarded: 1 | Forwarded-For: 2', 'X-Forwarded: 1 | Forwarded-For: 2'",
        "'TE-ST: 1 | Connections: 2', 'TE-ST: 1 | Connections: 2'",
    })
    void keepsFieldsOfTheConnectionOnIt(String received, String sent) {
        HttpHeaders request = request("Host: c | " + received, STRANGER, PLAIN, null);
        String rest = " | Via: 1.1 spillgate";
        assertThat(text(request))
                .isEqualTo(
                        "Host: c | "
                                + (sent.isEmpty() ? "" : sent + " | ")
                                + forwarded("192.0.2.1", "http", "c")
                                + rest);
    }

    @ParameterizedTest
    @CsvSource({
        "'X-Forwarded-For: 1.1.1.1 | X-Forwarded-Proto: https | X-Forwarded-Host: evil'",
        "'X-Forwarded-For: 1.1.1.1 | X-Forwarded-For: 2.2.2.2'",
        "'Connection: X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host'"
    })
    void saysItselfWhoAsksAndBelievesNoStranger(String received) {
        HttpHeaders request = request("Host: c | " + received, STRANGER, PLAIN, null);
        assertThat(text(request))
                .isEqualTo(
                        "Host: c | "
                                + forwarded("192.0.2.1", "http", "c")
                                + " | Via: 1.1 spillgate");
    }

    @Test
    void believesATrustedPeerAndAddsIt() {
        HttpHeaders request =
                request(
                        "Host: c | X-Forwarded-For: 1.1.1.1, 2.2.2.2 | X-Forwarded-For: 3.3.3.3 |"
                                + " X-Forwarded-Proto: https | X-Forwarded-Host: front |"
                                + " X-Forwarded-Port: 443 | X-Real-IP: 1.1.1.1",
                        TRUSTED,
                        PLAIN,
                        null);
        assertThat(request.getAll("X-Forwarded-For"))
                .containsExactly("1.1.1.1, 2.2.2.2, 3.3.3.3, 192.0.2.1");
        assertThat(request.getAll("X-Forwarded-Proto")).containsExactly("https");
        assertThat(request.getAll("X-Forwarded-Host")).containsExactly("front");
        assertThat(request.getAll("X-Forwarded-Port")).containsExactly("443");
        assertThat(request.getAll("X-Real-IP")).containsExactly("1.1.1.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Forwarded: for=6.6.6.6;proto=https;host=evil",
                "X_Forwarded_For: 6.6.6.6 | X-Forwarded_Proto: evil | x_forwarded_host: evil",
                "X_Real_IP: 6.6.6.6",
            })
    void passesOnNothingThatItsTrustedPeerDidNotWrite(String received) {
        HttpHeaders request = request("Host: c | " + received, TRUSTED, PLAIN, null);
        assertThat(text(request)).isEqualTo(text(request("Host: c", TRUSTED, PLAIN, null)));
    }

    @ParameterizedTest
    @CsvSource({
        "'Forwarded: for=1.1.1.1 | X-Forwarded-For: 6.6.6.6 | X-Forwarded-Proto: evil'",
        "'X-Forwarded-Host: evil | X-Forwarded-Port: 6 | X-Real-IP: 6.6.6.6'",
        "'Forwarded: for=6.6.6.6 | Forwarded: for=1.1.1.1'",
    })
    void saysWhatABelievedForwardedSaysInBothFamilies(String received) {
        Sender.Told told =
                new Sender.Told(
                        List.of("1.1.1.1", "10.0.0.2"),
                        List.of("for=1.1.1.1;proto=https", "for=10.0.0.2"),
                        "https",
                        "front:8");
        HttpHeaders request =
                request("Host: c | " + received, sender(false, told, "1.1"), PLAIN, null);
        assertThat(text(request))
                .isEqualTo(
                        "Host: c | "
                                + forwarded("1.1.1.1, 10.0.0.2, 192.0.2.1", "https", "front:8")
                                + " | Forwarded: for=1.1.1.1;proto=https, for=10.0.0.2,"
                                + " for=192.0.2.1 | Via: 1.1 spillgate");
    }

    @Test
    void saysItselfWhatABelievedForwardedDoesNotSay() {
        Sender.Told nothing = new Sender.Told(List.of(), List.of(), null, null);
        HttpHeaders request = request("Host: c", sender(false, nothing, "1.1"), PLAIN, null);
        assertThat(text(request)).isEqualTo(text(request("Host: c", STRANGER, PLAIN, null)));
        Sender.Told hidden = new Sender.Told(List.of(), List.of("for=_a"), null, null);
        Sender v6 = new Sender("2001:db8::1", false, hidden, "http", "1.1");
        HttpHeaders behind = request("Host: c", v6, PLAIN, null);
        assertThat(behind.getAll("X-Forwarded-For")).containsExactly("2001:db8::1");
        assertThat(behind.getAll("Forwarded")).containsExactly("for=_a, for=\"[2001:db8::1]\"");
    }

    @Test
    void saysForATrustedPeerWhatItDoesNotSay() {
        HttpHeaders request = request("Host: c", TRUSTED, PLAIN, null);
        assertThat(text(request)).contains(forwarded("192.0.2.1", "http", "c"));
    }

    @Test
    void letsConnectionTakeAwayNeitherHostNorForwardingHeaders() {
        HttpHeaders request =
                request(
                        "Host: c | Connection: host, X-Real-IP, X-Forwarded-Proto |"
                                + " X-Real-IP: 1.1.1.1 | X-Forwarded-Proto: https",
                        TRUSTED,
                        PLAIN,
                        null);
        assertThat(request.getAll("Host")).containsExactly("c");
        assertThat(request.getAll("X-Real-IP")).containsExactly("1.1.1.1");
        assertThat(request.getAll("X-Forwarded-Proto")).containsExactly("https");
    }

    @Test
    void addsItselfToTheWay() {
        HttpHeaders request = request("Host: c | Via: 1.0 a, 1.1 b", STRANGER, PLAIN, null);
        assertThat(request.getAll("Via")).containsExactly("1.0 a, 1.1 b", "1.1 spillgate");
        Sender old = sender(false, null, "1.0");
        assertThat(request("Host: c", old, PLAIN, null).get("Via")).isEqualTo("1.0 spillgate");
    }

    @Test
    void sendsTheConfiguredHostAndTellsTheClientsOne() {
        HttpHeaders request =
                request("Host: c:81", STRANGER, destination("inner.example", null), null);
        assertThat(request.getAll("Host")).containsExactly("inner.example");
        assertThat(request.getAll("X-Forwarded-Host")).containsExactly("c:81");
    }

    @Test
    void sendsTheTargetsHostToAUrl() {
        Upstream url = Upstream.of("http://Back.example:8080/", Map.of());
        assertThat(request("Host: c", STRANGER, url, null).getAll("Host"))
                .containsExactly("back.example:8080");
        Upstream usualPort = Upstream.of("https://my_backend:443", Map.of());
        assertThat(request("Host: c", STRANGER, usualPort, null).getAll("Host"))
                .containsExactly("my_backend");
    }

    @Test
    void sendsAHostWhereTheClientNamesNone() {
        HttpHeaders request = request("A: 1", STRANGER, PLAIN, null);
        assertThat(request.getAll("Host")).containsExactly("localhost:1");
        assertThat(request.contains("X-Forwarded-Host")).isFalse();
    }

    @Test
    void replacesEveryRequestIdOfTheClient() {
        HttpHeaders request =
                request(
                        "Host: c | x-request-id: forged | X-Request-Id: again | X_Request_ID: once"
                                + " more",
                        STRANGER,
                        destination(null, "X-Request-ID"),
                        "made");
        assertThat(request.getAll("X-Request-ID")).containsExactly("made");
        assertThat(text(request)).doesNotContain("forged").doesNotContain("once more");
    }

    @ParameterizedTest
    @CsvSource({
        "'Server: x | Set-Cookie: a | Set-Cookie: b', 'Server: x | Set-Cookie: a | Set-Cookie: b'",
        "'Connection: close | Content-Length: 5', 'Content-Length: 5'",
        "'Connection: Content-Length, X-A | Content-Length: 5 | X-A: 1', 'Content-Length: 5'",
        "'Transfer-Encoding: chunked | Trailer: X | Keep-Alive: timeout=5', ''",
        "'Upgrade: h2c | Proxy-Connection: close | TE: a', ''",
        "'Proxy-Authenticate: Basic | Date: d | Via: 1.1 a', 'Proxy-Authenticate: Basic | Date: d"
                + " | Via: 1.1 a'",
    })
    void keepsFieldsOfTheBackendsConnectionOnIt(String received, String sent) {
        assertThat(
                        text(
                                HeaderRules.answer(
                                        200,
                                        headers(received),
                                        HeaderRules.namedByConnection(headers(received)),
                                        true)))
                .isEqualTo(sent);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5",
                "Transfer-Encoding: chunked",
                "Host: evil",
                "Connection: close",
                "Trailer: X",
                "Authorization: Basic eA==",
                "Set-Cookie: a",
                "X-Forwarded-For: 1.1.1.1",
                "X_Forwarded_For: 1.1.1.1",
                "Forwarded: for=1.1.1.1",
                "X-Real-IP: 1.1.1.1",
                "Content_Length: 9",
                "Transfer-Encoding: gzip",
                "TE: trailers",
                "Via: 1.1 x",
                "If-None-Match: a",
                "Proxy-Authorization: Basic eA==",
                "Cookie: a=b",
                "Expect: 100-continue",
                "x-request-id: forged",
                "X_Request_Id: forged",
                "X-Named: 1",
                "Content-Type: text/html"
            })
    void passesOnNoTrailerThatWouldMeanSomethingElsewhere(String line) {
        HttpHeaders sent =
                HeaderRules.trailers(
                        headers("X-Sum: 1 | " + line), Set.of("x-named"), "X-Request-Id");
        assertThat(text(sent)).isEqualTo("X-Sum: 1");
    }

    @Test
    void passesOnOtherTrailers() {
        String sums = "Digest: a | ETag: b | X-Request-Id: c | Server-Timing: d";
        assertThat(text(HeaderRules.trailers(headers(sums), Set.of(), null))).isEqualTo(sums);
    }

    @Test
    void takesTheFramingFromInterimAnswers() {
        HttpHeaders received =
                headers("Link: a | Content-Length: 5 | Transfer-Encoding: chunked | Server: b");
        assertThat(text(HeaderRules.interim(received))).isEqualTo("Link: a | Server: b");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, 'Connection: Upgrade | Upgrade: websocket', websocket",
        "GET, 'Connection: keep-alive, upgrade | Upgrade: h2c, WebSocket', websocket",
        "GET, 'Upgrade: websocket',",
        "GET, 'Connection: upgrade',",
        "GET, 'Connection: upgrade | Upgrade: h2c',",
        "POST, 'Connection: upgrade | Upgrade: websocket',",
        "POST, 'Connection: Upgrade | Upgrade: TCP', tcp",
        "GET, 'Connection: Upgrade | Upgrade: spdy/3.1, tcp', tcp",
        "POST, 'Upgrade: tcp',",
    })
    void knowsWhoAsksForAnotherProtocol(String method, String received, String protocol) {
        assertThat(HeaderRules.upgrade(method, headers(received), List.of("tcp", "SPDY/3.1")))
                .isEqualTo(protocol);
    }

    private static HttpHeaders request(
            String received, Sender from, Upstream to, @Nullable String id) {
        return HeaderRules.request(headers(received), from, to, id);
    }

    private static Sender sender(boolean trusted, Sender.@Nullable Told told, String version) {
        return new Sender("192.0.2.1", trusted, told, "http", version);
    }

    private static HttpHeaders headers(String lines) {
        HttpHeaders headers = new DefaultHttpHeaders();
        for (String line : lines.split(" \\| ", -1)) {
            String[] parts = line.split(": ", 2);
            headers.add(parts[0], parts[1]);
        }
        return headers;
    }

    private static String text(HttpHeaders headers) {
        return String.join(
                " | ",
                headers.entries().stream()
                        .map(line -> line.getKey() + ": " + line.getValue())
                        .toList());
    }

    private static String forwarded(String address, String scheme, String host) {
        return "X-Forwarded-For: %s | X-Forwarded-Proto: %s | X-Forwarded-Host: %s"
                .formatted(address, scheme, host);
    }

    private static Upstream destination(@Nullable String host, @Nullable String requestIdHeader) {
        DestinationConfig config =
                new DestinationConfig(
                        List.of("localhost:1"),
                        DestinationConfig.LoadBalancing.QUEUE,
                        1,
                        1,
                        1,
                        1,
                        Optional.empty(),
                        Duration.ofSeconds(1),
                        Optional.ofNullable(host),
                        false,
                        Optional.ofNullable(requestIdHeader),
                        false,
                        Optional.empty(),
                        HealthConfig.DEFAULT,
                        PoolConfig.OF_DESTINATION,
                        ClientConfig.DEFAULT);
        return Upstream.of("back", Map.of("back", config));
    }
}
