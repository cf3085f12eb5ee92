package io.spillgate.client.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.regex.PatternSyntaxException;

class HostPatternTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // the examples of Pekko HTTP
                "pekko.apache.org          | pekko.apache.org",
                "*.apache.org              | repo.apache.org",
                "*.apache.org              | a.b.apache.org",
                "*.apache.org              | apache.org",
                // globs
                "glob:*.apache.org         | apache.org",
                "glob:*example2.com        | example2.com",
                "glob:*example2.com        | thisexample2.com",
                "*                         | anything.at.all",
                "web?.example.com          | web1.example.com",
                "a*z                       | az",
                "a*z                       | a.b.z",
                "10.0.0.*                  | 10.0.0.200",
                "x+y(z)[1]{2}^$\\          | x+y(z)[1]{2}^$\\",
                // expressions
                "regex:web[0-9]+\\.example\\.com | web10.example.com",
                "regex:.*\\.example\\.com  | a.example.com",
                "regex:.*\\.example\\.com  | example.com",
                "regex:^.*\\.example\\.com$ | example.com",
                "regex:.*[.]example[.]com  | example.com",
                "regex:.*\\.?example\\.com | thisexample.com",
                "'regex:a\\.com|b\\.com'   | b.com",
                // case
                "API.example.com           | api.EXAMPLE.com",
                "regex:api\\.[a-z]+        | API.Example",
                // IPv6
                "::1                       | ::1",
                "2001:DB8::*               | 2001:db8::42",
            })
    void matches(String pattern, String host) {
        assertThat(new HostPattern(pattern).matches(host)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pekko.apache.org         | apache.org",
                "pekko.apache.org         | a.pekko.apache.org",
                "pekko.apache.org         | pekko.apache.org.evil.com",
                "pekko.apache.org         | pekkoxapache.org",
                "*.example.com            | thisexample.com",
                "*.example.com            | example.com.evil.com",
                "*.example.com            | example.org",
                "regex:.*\\.example\\.com | thisexample.com",
                "regex:example\\.com      | www.example.com",
                "regex:example\\.com      | example.com.evil.com",
                "regex:.+\\.example\\.com | example.com",
                "a.*.example.com          | a.example.com",
                "web?.example.com         | web.example.com",
                "web?.example.com         | web12.example.com",
                "::1                      | [::1]",
                "::1                      | ::11",
            })
    void doesNotMatch(String pattern, String host) {
        assertThat(new HostPattern(pattern).matches(host)).isFalse();
    }

    @Test
    void refusesAMalformedExpression() {
        assertThatThrownBy(() -> new HostPattern("regex:(a"))
                .isInstanceOf(PatternSyntaxException.class);
    }
}
