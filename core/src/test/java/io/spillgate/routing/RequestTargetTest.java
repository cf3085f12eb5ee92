package io.spillgate.routing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestTargetTest {
    @ParameterizedTest
    @CsvSource({
        "/a, /a, '', false",
        "/a?, /a, '', true",
        "/a?b, /a, b, true",
        "/a?b?c, /a, b?c, true",
        "/a%3Fb?c, /a%3Fb, c, true",
        "?b, '', b, true"
    })
    void splitsAtTheFirstQuestionMark(String target, String path, String query, boolean hasQuery) {
        assertThat(RequestTarget.parse(target))
                .isEqualTo(new RequestTarget(path, path, query, hasQuery));
    }

    @Test
    void givesAllValuesOfAParameterInTheirOrder() {
        RequestTarget target = RequestTarget.parse("/e?topic=b&x=1&topic=a&topic=&topic&topics=z");
        assertThat(target.all("topic")).containsExactly("b", "a", "", "");
        assertThat(target.all("x")).containsExactly("1");
        assertThat(target.all("y")).isEmpty();
    }

    @Test
    void readsAPlusInAQueryAsABlank() {
        assertThat(RequestTarget.parse("/e?q=a+b%2Bc").all("q")).containsExactly("a b+c");
    }

    @Test
    void keepsWhatFollowsTheFirstEqualsSign() {
        assertThat(RequestTarget.parse("/e?q=a=b").all("q")).containsExactly("a=b");
    }

    @Test
    void hasNoValuesWhereOneIsMalformed() {
        assertThat(RequestTarget.parse("/e?q=a&q=%").all("q")).isNull();
        assertThat(RequestTarget.parse("/e?q=a&x=%").all("q")).containsExactly("a");
    }

    @ParameterizedTest
    @CsvSource({
        "plain, plain",
        "a%2Fb, a/b",
        "a%2fb, a/b",
        "%C3%A9, é",
        "%F0%9F%8C%8A, 🌊",
        "a+b, a+b",
        "%25, %"
    })
    void undoesPercentEncoding(String encoded, String decoded) {
        assertThat(RequestTarget.decode(encoded)).isEqualTo(decoded);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%",
                "%1",
                "a%",
                "a%2",
                "%GG",
                "%1G",
                "%G1",
                "% 1",
                "%+1",
                "%-1",
                "%C3",
                "%FF",
                "%C0%80",
                "%ED%A0%80",
                "%１１"
            })
    void knowsNothingElse(String encoded) {
        assertThat(RequestTarget.decode(encoded)).isNull();
    }
}
