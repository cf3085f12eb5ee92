package io.spillgate.client.pool;

import static io.spillgate.client.pool.RetryRule.Decision.FAIL;
import static io.spillgate.client.pool.RetryRule.Decision.REPLAY_FRESH;
import static io.spillgate.client.pool.RetryRule.Decision.RETRY;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.client.pool.RetryRule.Decision;
import io.spillgate.client.pool.RetryRule.Loss;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

class RetryRuleTest {
    /// One line: a pattern of the six flags in their order (`1`, `0` or `-` for either), of the
    /// retries left (`0`, `+` or `-`), and the decision. The first line that fits holds.
    private record Row(String flags, char retriesLeft, Decision decision) {
        boolean fits(Loss attempt) {
            String actual =
                    bit(attempt.sent())
                            + bit(attempt.reused())
                            + bit(attempt.responseStarted())
                            + bit(attempt.idempotent())
                            + bit(attempt.replayable())
                            + bit(attempt.replayed());
            char left = attempt.retriesLeft() == 0 ? '0' : '+';
            return IntStream.range(0, 6).allMatch(i -> fits(flags.charAt(i), actual.charAt(i)))
                    && fits(retriesLeft, left);
        }

        private static boolean fits(char wanted, char actual) {
            return wanted == '-' || wanted == actual;
        }

        private static String bit(boolean flag) {
            return flag ? "1" : "0";
        }
    }

    /// Sent, reused, response started, idempotent, replayable, replayed; retries left.
    private static final List<Row> TABLE =
            List.of(
                    // The answer has begun: never twice.
                    new Row("--1---", '-', FAIL),
                    // It left, and twice is not the same as once: a POST.
                    new Row("1-00--", '-', FAIL),
                    // It left, and so did pieces of its body.
                    new Row("1-0-0-", '-', FAIL),
                    // The server closed a connection that was kept: once for nothing.
                    new Row("-10--0", '-', REPLAY_FRESH),
                    // The replay failed in the same way, or the connection was new.
                    new Row("------", '0', FAIL),
                    new Row("------", '+', RETRY));

    @ParameterizedTest
    @MethodSource("attempts")
    void decidesAsTheTableSays(Loss attempt) {
        Decision expected =
                TABLE.stream()
                        .filter(line -> line.fits(attempt))
                        .findFirst()
                        .orElseThrow()
                        .decision();
        assertThat(RetryRule.decide(attempt)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "POST on a kept connection that ended, true, true, false, FAIL",
        "POST of which nothing left, false, true, false, REPLAY_FRESH",
        "POST whose connection came but could not be written, false, false, false, RETRY",
        "GET on a kept connection that ended, true, true, true, REPLAY_FRESH",
        "GET on a new connection that ended, true, false, true, RETRY",
    })
    void decidesTheCasesThatMatter(
            String name, boolean sent, boolean reused, boolean idempotent, Decision expected) {
        Loss attempt = new Loss(sent, reused, false, idempotent, true, false, 5);
        assertThat(RetryRule.decide(attempt)).as(name).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY"})
    void knowsTheMethodsThatMayBeRepeated(String method) {
        assertThat(RetryRule.isIdempotent(method)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PATCH", "CONNECT", "LOCK", "get", "Get", "", "GETS"})
    void repeatsNoOtherMethod(String method) {
        assertThat(RetryRule.isIdempotent(method)).isFalse();
    }

    private static Stream<Loss> attempts() {
        return Stream.of(0, 1, 5)
                .flatMap(left -> IntStream.range(0, 64).mapToObj(bits -> attempt(bits, left)));
    }

    private static Loss attempt(int bits, int retriesLeft) {
        return new Loss(
                (bits & 1) != 0,
                (bits & 2) != 0,
                (bits & 4) != 0,
                (bits & 8) != 0,
                (bits & 16) != 0,
                (bits & 32) != 0,
                retriesLeft);
    }
}
