package io.spillgate.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.config.CorsConfig;
import io.spillgate.config.RouteCorsConfig;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

final class CorsTest {
    private static final String OTHERS =
            """
            Access-Control-Allow-Methods: GET, OPTIONS\r
            Access-Control-Allow-Headers: Authorization, Content-Type, Last-Event-ID, Cache-Control\r
            """;

    @Test
    void allowsEveryOriginWithTheSameLines() {
        Cors cors = cors(List.of("*"), List.of());

        assertThat(block(cors, null)).isEqualTo("Access-Control-Allow-Origin: *\r\n" + OTHERS);
        assertThat(cors.fields("https://a.example")).isSameAs(cors.fields(null));
    }

    @Test
    void namesTheOneOriginToEveryone() {
        Cors cors = cors(List.of("https://App.example"), List.of());

        assertThat(block(cors, null))
                .isEqualTo("Access-Control-Allow-Origin: https://app.example\r\n" + OTHERS);
        assertThat(cors.fields("https://evil.example")).isSameAs(cors.fields(null));
    }

    @Test
    void echoesAListedOriginAndTellsCachesThatItVaries() {
        Cors cors = cors(List.of("https://a.example", "https://B.example:8443"), List.of());

        assertThat(block(cors, "https://a.example"))
                .isEqualTo(
                        "Access-Control-Allow-Origin: https://a.example\r\n"
                                + OTHERS
                                + "Vary: Origin\r\n");
        assertThat(block(cors, "https://b.example:8443"))
                .startsWith("Access-Control-Allow-Origin: https://b.example:8443\r\n");
        assertThat(block(cors, "https://b.example")).isEqualTo("Vary: Origin\r\n");
        assertThat(block(cors, null)).isEqualTo("Vary: Origin\r\n");
        assertThat(cors.fields("https://a.example")).isSameAs(cors.fields("https://a.example"));
    }

    @Test
    void saysNothingWithoutOrigins() {
        Cors cors = cors(List.of(), List.of("X-A"));

        assertThat(cors.fields("https://a.example")).isEmpty();
        assertThat(cors.preflight("https://a.example")).isEmpty();
    }

    @Test
    void addsTheConfiguredHeadersToTheAllowedOnes() {
        Cors cors = cors(List.of("*"), List.of("X-A", "Last-Event-ID"));

        assertThat(block(cors, null))
                .contains(
                        "Access-Control-Allow-Headers: Authorization, Content-Type, Last-Event-ID,"
                                + " Cache-Control, X-A\r\n");
    }

    @Test
    void letsABrowserKeepThePreflight() {
        Cors all = cors(List.of("*"), List.of());
        Cors listed = cors(List.of("https://a.example", "https://b.example"), List.of());

        assertThat(text(all.preflight(null)))
                .isEqualTo(block(all, null) + "Access-Control-Max-Age: 600\r\n");
        assertThat(text(listed.preflight("https://b.example")))
                .isEqualTo(block(listed, "https://b.example") + "Access-Control-Max-Age: 600\r\n");
        assertThat(text(listed.preflight("https://c.example"))).isEqualTo("Vary: Origin\r\n");
    }

    @Test
    void letsListedOriginsSendCredentialsAndReadHeaders() {
        CorsConfig config =
                new CorsConfig(
                        List.of("https://a.example"),
                        List.of("GET", "PUT"),
                        List.of(),
                        List.of("X-Total", "ETag"),
                        true,
                        Duration.ofMinutes(1));
        assertThat(text(Cors.of(config).preflight(null)))
                .isEqualTo(
                        """
                        Access-Control-Allow-Origin: https://a.example\r
                        Access-Control-Allow-Methods: GET, PUT\r
                        Access-Control-Allow-Headers: Authorization, Content-Type, Last-Event-ID, Cache-Control\r
                        Access-Control-Expose-Headers: X-Total, ETag\r
                        Access-Control-Allow-Credentials: true\r
                        Access-Control-Max-Age: 60\r
                        """);
    }

    @Test
    void takesForARouteWhatItDoesNotSayFromTheListener() {
        RouteCorsConfig route =
                new RouteCorsConfig(
                        Optional.empty(),
                        Optional.of(List.of("PUT")),
                        Optional.of(List.of("X-Own")),
                        Optional.empty(),
                        Optional.of(true),
                        Optional.empty());
        assertThat(text(Cors.of(route, CorsConfig.DEFAULT).preflight(null)))
                .isEqualTo(
                        """
                        Access-Control-Allow-Origin: *\r
                        Access-Control-Allow-Methods: PUT\r
                        Access-Control-Allow-Headers: X-Own\r
                        Access-Control-Max-Age: 600\r
                        """);
    }

    private static Cors cors(List<String> origins, List<String> headers) {
        CorsConfig base = CorsConfig.DEFAULT;
        return Cors.of(
                new CorsConfig(
                        origins,
                        base.corsAllowedMethods(),
                        headers,
                        base.corsExposedHeaders(),
                        base.corsAllowCredentials(),
                        base.corsMaxAge()));
    }

    private static String block(Cors cors, @Nullable String origin) {
        return text(cors.fields(origin));
    }

    private static String text(HttpHeaders fields) {
        StringBuilder text = new StringBuilder();
        fields.forEach(line -> text.append(line.getKey() + ": " + line.getValue() + "\r\n"));
        return text.toString();
    }
}
