package io.spillgate.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.spillgate.client.pool.Body;
import io.spillgate.client.pool.PoolRequest;
import io.spillgate.client.pool.Target;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URI;

class RequestTest {
    private static final URI URL = URI.create("http://example.com:8080/a");

    @ParameterizedTest
    @CsvSource({
        "http://example.com, /, example.com",
        "http://example.com:80/a%20b?c=%26#d, /a%20b?c=%26, example.com",
        "https://EXAMPLE.com:443/a//b/, /a//b/, example.com",
        "https://example.com:80?q, /?q, example.com:80",
        "'http://[::1]:8080/', /, [::1]:8080",
        "http://example.com/ü, /%C3%BC, example.com",
    })
    void sendsPathAndQueryAndHost(URI url, String target, String host) {
        PoolRequest request = Request.get(url).request();
        assertThat(request.target()).isEqualTo(target);
        assertThat(request.headers().getAll("Host")).containsExactly(host);
    }

    @Test
    void sendsOneHostWhenItIsReplaced() {
        Request message = Request.get(URL).header("host", "a.example").header("Host", "b.example");
        assertThat(message.request().headers().getAll("Host")).containsExactly("b.example");
        assertThat(message.address()).isEqualTo(new Target(false, "example.com", 8080));
    }

    @Test
    void doesNotChangeWhenAnotherOneIsMadeFromIt() {
        Request plain = Request.get(URL);
        Request other = plain.header("X-A", "1").body(new byte[3]).maxAnswerBytes(5);
        assertThat(plain.request().headers().contains("X-A")).isFalse();
        assertThat(plain.request().body()).isEqualTo(Body.NONE);
        assertThat(plain.maxAnswerBytes()).isEqualTo(1 << 20);
        assertThat(other.request().headers().get("X-A")).isEqualTo("1");
        assertThat(other.maxAnswerBytes()).isEqualTo(5);
    }

    @Test
    void hasALengthWithAnEmptyBodyToo() {
        assertThat(Request.post(URL, new byte[0]).request().body()).isInstanceOf(Body.Held.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://example.com/", "/a", "http:///a", "http://me:it@example.com/"})
    void refusesAnAddressThatItCannotAsk(URI url) {
        assertThatIllegalArgumentException().isThrownBy(() -> Request.get(url));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GE T", "GET\r\n", "GÉT"})
    void refusesWhatIsNoMethod(String method) {
        assertThatIllegalArgumentException().isThrownBy(() -> Request.of(method, URL));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length", "transfer-encoding", "a b", "a:", "", "a\r\nb"})
    void refusesANameThatWouldBreakTheRequest(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> Request.get(URL).header(name, "1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nb: c", "a\nb", "a\u0000b"})
    void refusesAValueThatWouldBreakTheRequest(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Request.get(URL).header("X-A", value));
    }

    @Test
    void refusesABoundBelowNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> Request.get(URL).maxAnswerBytes(-1));
    }
}
