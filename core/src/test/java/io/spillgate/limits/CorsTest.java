package io.spillgate.limits;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.List;

final class CorsTest {
    private static final String OTHERS =
            """
            Access-Control-Allow-Methods: GET, OPTIONS\r
            Access-Control-Allow-Headers: Authorization, Content-Type\r
            """;

    @Test
    void allowsEveryOriginWithTheSameLines() {
        Cors cors = new Cors(List.of("*"), List.of());

        assertThat(block(cors, null)).isEqualTo("Access-Control-Allow-Origin: *\r\n" + OTHERS);
        assertThat(cors.headerBlock("https://a.example")).isSameAs(cors.headerBlock(null));
    }

    @Test
    void namesTheOneOriginToEveryone() {
        Cors cors = new Cors(List.of("https://App.example"), List.of());

        assertThat(block(cors, null))
                .isEqualTo("Access-Control-Allow-Origin: https://app.example\r\n" + OTHERS);
        assertThat(cors.headerBlock("https://evil.example")).isSameAs(cors.headerBlock(null));
    }

    @Test
    void echoesAListedOriginAndTellsCachesThatItVaries() {
        Cors cors = new Cors(List.of("https://a.example", "https://B.example:8443"), List.of());

        assertThat(block(cors, "https://a.example"))
                .isEqualTo(
                        "Access-Control-Allow-Origin: https://a.example\r\n"
                                + OTHERS
                                + "Vary: Origin\r\n");
        assertThat(block(cors, "https://b.example:8443"))
                .startsWith("Access-Control-Allow-Origin: https://b.example:8443\r\n");
        assertThat(block(cors, "https://b.example")).isEqualTo("Vary: Origin\r\n");
        assertThat(block(cors, null)).isEqualTo("Vary: Origin\r\n");
        assertThat(cors.headerBlock("https://a.example"))
                .isSameAs(cors.headerBlock("https://a.example"));
    }

    @Test
    void saysNothingWithoutOrigins() {
        Cors cors = new Cors(List.of(), List.of("X-A"));

        assertThat(cors.headerBlock("https://a.example")).isEmpty();
        assertThat(cors.preflightBlock("https://a.example")).isEmpty();
    }

    @Test
    void addsTheConfiguredHeadersToTheAllowedOnes() {
        Cors cors = new Cors(List.of("*"), List.of("X-A", "Last-Event-ID"));

        assertThat(block(cors, null))
                .contains(
                        "Access-Control-Allow-Headers: Authorization, Content-Type, X-A,"
                                + " Last-Event-ID\r\n");
    }

    @Test
    void letsABrowserKeepThePreflight() {
        Cors all = new Cors(List.of("*"), List.of());
        Cors listed = new Cors(List.of("https://a.example", "https://b.example"), List.of());

        assertThat(new String(all.preflightBlock(null), US_ASCII))
                .isEqualTo(block(all, null) + "Access-Control-Max-Age: 600\r\n");
        assertThat(new String(listed.preflightBlock("https://b.example"), US_ASCII))
                .isEqualTo(block(listed, "https://b.example") + "Access-Control-Max-Age: 600\r\n");
        assertThat(new String(listed.preflightBlock("https://c.example"), US_ASCII))
                .isEqualTo("Vary: Origin\r\n");
    }

    private static String block(Cors cors, @Nullable String origin) {
        return new String(cors.headerBlock(origin), US_ASCII);
    }
}
