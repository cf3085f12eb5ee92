package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendRequest;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Fields that a backend might read in another way than the gateway, and how far a request goes.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FoldedFieldsTest {
    private volatile String head = "HTTP/1.1 200 OK\nContent-Length: 2\n\nok";
    private final Backend backend = Backend.start((request, reply) -> reply.sendLines(head));
    @AutoClose private final ProxyGateway gateway = ProxyGateway.start(backend);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer_Encoding: chunked",
                "Content_Length: 7",
                "connection_: x",
                "Proxy_Connection: close",
                "X_Forwarded_For: 1.2.3.4",
                "X-Real_IP: 1.2.3.4",
                "X-Real-IP: 1.2.3.4",
            })
    void whatReadsAsAFieldOfOursIsNotForwarded(String line) {
        gateway.ask("GET /a HTTP/1.1\nHost: test\n" + line + "\nX_Own: 1\n\n");
        BackendRequest request = backend.await(1);
        String name = line.substring(0, line.indexOf(':'));
        boolean other = name.equals("connection_");
        assertThat(request.header(name) != null).isEqualTo(other);
        assertThat(request.header("X_Own")).isEqualTo("1");
    }

    @Test
    void anEmptyForwardedForIsNoHop() {
        gateway.ask("GET /a HTTP/1.1\nHost: test\nX-Forwarded-For:\n\n");
        assertThat(backend.await(1).header("X-Forwarded-For")).isEqualTo("127.0.0.1");
    }

    @Test
    void anAnswer426KeepsWhatItAsksFor() {
        head =
                "HTTP/1.1 426 Upgrade Required\n"
                        + "Connection: upgrade\n"
                        + "Upgrade: h2c\n"
                        + "Content-Length: 0\n\n";
        Answer answer = gateway.ask("GET /a HTTP/1.1\nHost: test\n\n");
        assertThat(answer.status()).isEqualTo(426);
        assertThat(answer.header("Upgrade")).isEqualTo("h2c");
        assertThat(answer.values("Connection")).contains("upgrade");
    }

    @ParameterizedTest
    @CsvSource({"TRACE, 405", "OPTIONS, 204"})
    void aRequestThatMayGoNoFurtherIsAnsweredHere(String method, int status) {
        Answer answer = gateway.ask(method + " /a HTTP/1.1\nHost: test\nMax-Forwards: 0\n\n");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Allow")).contains("GET");
        assertThat(backend.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"TRACE, 3, 2", "OPTIONS, 1, 0", "GET, 3, 3", "OPTIONS, x, x"})
    void oneHopIsTakenOff(String method, String before, String after) {
        gateway.ask(method + " /a HTTP/1.1\nHost: test\nMax-Forwards: " + before + "\n\n");
        assertThat(backend.await(1).header("Max-Forwards")).isEqualTo(after);
    }
}
