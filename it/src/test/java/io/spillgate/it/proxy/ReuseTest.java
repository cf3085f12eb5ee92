package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which connections to a backend serve a second request: only those at a clean boundary.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ReuseTest {
    private final SteppedReplies replies = new SteppedReplies();
    @AutoClose private final ProxyGateway gateway = ProxyGateway.start(Backend.start(replies));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    GET  | HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi
                    GET  | HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n
                    GET  | HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\nhi\\r\\n0\\r\\n\\r\\n
                    GET  | HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\nA: b\\r\\n\\r\\n
                    GET  | HTTP/1.1 200\\r\\nContent-Length: 2\\r\\n\\r\\nhi
                    GET  | HTTP/1.1 200 OK\\r\\nContent-Length: 02\\r\\n\\r\\nhi
                    GET  | HTTP/1.1 204 No Content\\r\\n\\r\\n
                    GET  | HTTP/1.1 304 Not Modified\\r\\n\\r\\n
                    GET  | HTTP/1.1 304 Not Modified\\r\\nContent-Length: 100\\r\\n\\r\\n
                    GET  | HTTP/1.1 103 Early\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n
                    HEAD | HTTP/1.1 200 OK\\r\\nContent-Length: 100\\r\\n\\r\\n
                    HEAD | HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n
                    HEAD | HTTP/1.1 200 OK\\r\\n\\r\\n
                    """)
    void servesAnotherRequest(String method, String answer) {
        assertThat(connectionOfTheNext(method, answer)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    GET  | HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nContent-Length: 2\\r\\n\\r\\nhi
                    GET  | HTTP/1.1 200 OK\\r\\nConnection: x, Close\\r\\nContent-Length: 2\\r\\n\\r\\nhi
                    GET  | HTTP/1.0 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi
                    GET  | HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi!
                    GET  | HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi\\r\\n
                    GET  | HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\nevil
                    GET  | HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\nevil
                    GET  | HTTP/1.1 204 No Content\\r\\nContent-Length: 4\\r\\n\\r\\nevil
                    GET  | HTTP/1.1 204 No Content\\r\\n\\r\\nevil
                    GET  | HTTP/1.1 304 Not Modified\\r\\nContent-Length: 4\\r\\n\\r\\nevil
                    HEAD | HTTP/1.1 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\nevil
                    HEAD | HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n4\\r\\nevil\\r\\n0\\r\\n\\r\\n
                    """)
    void servesNoOtherRequest(String method, String answer) {
        assertThat(connectionOfTheNext(method, answer)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
                "H",
                "\r\n",
                "\0",
            })
    void isClosedWhenBytesComeThatNobodyAskedFor(String bytes) {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("GET /first HTTP/1.1\nHost: test\n\n");
            BackendExchange first = replies.next();
            first.sendLines("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi");
            assertThat(wire.answer().body()).isEqualTo("hi");
            first.send(bytes);
            gateway.backend().awaitOpen(0);
            wire.sendLines("GET /next HTTP/1.1\nHost: test\n\n");
            BackendExchange next = replies.next();
            assertThat(next.request().connection()).isEqualTo(2);
            next.ok("own");
            assertThat(wire.answer().body()).isEqualTo("own");
        }
    }

    /// Two requests of one client, so that both are on one loop.
    private int connectionOfTheNext(String method, String answer) {
        try (Wire wire = gateway.connect()) {
            wire.sendLines(method + " /first HTTP/1.1\nHost: test\n\n");
            BackendExchange first = replies.next();
            first.send(Bytes.of(answer)).done();
            Answer head = wire.head();
            if (head.status() == 103) {
                head = wire.head();
            }
            assertThat(head.status()).isBetween(200, 399);
            if (!method.equals("HEAD") && head.status() == 200) {
                assertThat(Content.whole(wire, head)).doesNotContain("evil");
            }
            wire.sendLines("GET /next HTTP/1.1\nHost: test\n\n");
            BackendExchange next = replies.next();
            next.ok("own");
            assertThat(wire.answer().body()).isEqualTo("own");
            return next.request().connection();
        }
    }
}
