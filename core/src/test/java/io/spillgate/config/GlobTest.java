package io.spillgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Random;
import java.util.regex.Pattern;

/// Topic patterns, compared with regular expressions, and on what such expressions take for ever.
final class GlobTest {
    @ParameterizedTest
    @CsvSource({
        "a, a, true",
        "a, ab, false",
        "ticker/*, ticker/, true",
        "ticker/*, ticker/x/y, true",
        "ticker/*, ticker, false",
        "*, anything, true",
        "*a*b, xaxb, true",
        "*a*b, xbxa, false",
        "ab*ba, aba, false",
        "ab*ba, abba, true",
        "a*, a*, true",
        "a**b, ab, true",
        "a.c, abc, false"
    })
    void matches(String pattern, String text, boolean expected) {
        assertThat(new Glob(pattern).matches(text)).isEqualTo(expected);
    }

    @Test
    void matchesAsARegularExpressionDoes() {
        Random random = new Random(3);
        for (int i = 0; i < 100_000; i++) {
            String pattern = text(random, "ab*");
            String text = text(random, "ab");
            Pattern regex = Pattern.compile(pattern.replace("*", ".*"));
            assertThat(new Glob(pattern).matches(text))
                    .as("%s on %s", pattern, text)
                    .isEqualTo(regex.matcher(text).matches());
        }
    }

    /// A backtracking matcher tries every way to cut the text: more than the age of the universe.
    @Test
    void doesNotGoBack() {
        Glob glob = new Glob("*a".repeat(100) + "*b");
        assertThat(glob.matches("a".repeat(255))).isFalse();
        assertThat(glob.matches("a".repeat(254) + "b")).isTrue();
    }

    private static String text(Random random, String letters) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(8); length > 0; length--) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }
}
