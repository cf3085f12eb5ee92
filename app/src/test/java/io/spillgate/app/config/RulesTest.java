package io.spillgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// What is refused or warned of although every single value is allowed.
final class RulesTest {
    @TempDir private Path folder;

    private Reading reading;

    @BeforeEach
    void readFromFolder() {
        reading = Reading.in(folder);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:9000, 127.0.0.1:9000",
        "0.0.0.0:9000, 127.0.0.1:9000",
        "127.0.0.1:9000, 0.0.0.0:9000",
        "[::]:9000, 10.0.0.1:9000",
        "Gateway:9000, gateway:9000"
    })
    void bothListenersOnOneAddressAreRefused(String open, String admin) {
        String text = "http.bind_address = '" + open + "'\nadmin.bind_address = '" + admin + "'\n";
        assertThat(reading.problems("a.toml", text))
                .containsExactly(
                        "a.toml:2: admin.bind_address: is "
                                + admin
                                + ", which http.bind_address, "
                                + open
                                + ", takes, must be another port");
    }

    @Test
    void publicListenerOnTheUsualAddressOfTheOtherIsRefused() {
        assertThat(reading.problems("a.toml", "http.bind_address = '0.0.0.0:8081'"))
                .containsExactly(
                        "a.toml:1: admin.bind_address: is 127.0.0.1:8081, which http.bind_address,"
                                + " 0.0.0.0:8081, takes, must be another port");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:0, 127.0.0.1:0",
        "127.0.0.1:9000, 127.0.0.2:9000",
        "127.0.0.1:9000, 127.0.0.1:9001",
        "127.0.0.1:9000, off",
        "0.0.0.0:9000, '[::1]:9000'"
    })
    void listenersThatDoNotMeetAreFine(String open, String admin) throws ConfigException {
        String text = "http.bind_address = '" + open + "'\nadmin.bind_address = '" + admin + "'\n";
        assertThat(reading.read("a.toml", text).warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "client.tls | trust-file",
                "host-connection-pool.client.tls | trust-file",
                "http-destinations.\"my.app\".client.tls | trust-file",
            })
    void missingFileOfATlsTableIsRefused(String table, String key) {
        String text =
                """
                [http-destinations."my.app"]
                addresses = ["a:1"]
                [%s]
                %s = "none.pem"
                """
                        .formatted(table, key);
        assertThat(reading.problems("a.toml", text))
                .containsExactly(
                        "a.toml:4: "
                                + table
                                + "."
                                + key
                                + ": is \"none.pem\", which does not exist, must be a PEM file");
    }

    @Test
    void everyFileThatIsNoneIsTold() throws IOException, GeneralSecurityException {
        String text =
                """
                [client.tls]
                trust-file = "%s"
                certificate-file = "%s"
                key-file = "none.key"
                """
                        .formatted(Files.createDirectory(folder.resolve("f")), authority());
        assertThat(reading.problems("a.toml", text))
                .containsExactly(
                        "a.toml:2: client.tls.trust-file: is \"f\", which can't be read, must be a"
                                + " PEM file",
                        "a.toml:4: client.tls.key-file: is \"none.key\", which does not exist, must"
                                + " be a PEM file");
    }

    @Test
    void fileThatIsNoCertificateIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("x.pem"), "not a certificate");
        assertThat(reading.problems("a.toml", "client.tls.trust-file = '" + file + "'"))
                .singleElement()
                .asString()
                .startsWith("a.toml:1: client.tls.trust-file: can't be used: ");
    }

    @Test
    void filesOfAListenerAreReadIfItIsOn() throws ConfigException {
        String text =
                """
                [tls]
                bind_address = "0.0.0.0:8443"
                certificate_file = "none.pem"
                key_file = "none.key"
                ticket_secret_file = "none.secret"
                [admin]
                certificate_file = "no.pem"
                key_file = "no.key"
                client_ca_file = "no-ca.pem"
                """;
        assertThat(reading.problems("a.toml", text))
                .extracting(problem -> problem.replaceFirst("; .*", ""))
                .containsExactly(
                        "a.toml:3: tls.certificate_file: none.pem: is not there",
                        "a.toml:5: tls.ticket_secret_file: none.secret: is not there",
                        "a.toml:7: admin.certificate_file: no.pem: is not there",
                        "a.toml:9: admin.client_ca_file: no-ca.pem: is not there");
        assertThat(
                        reading.set("tls.bind_address=off", "admin.bind_address=off")
                                .read("a.toml", text))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bind_address = '0.0.0.0:8443' | tls.bind_address: is 0.0.0.0:8443 without a"
                        + " certificate",
                "key_file = 'k.pem' | tls.key_file: and the certificate file must be set together",
                "redirect_http = true | tls.redirect_http: is true, must be false while"
                        + " tls.bind_address is off",
                "max_handshakes = 0 | tls.max_handshakes: is 0, must be between 1 and 1000000",
            })
    void whatTlsCanNotDoIsRefused(String line, String problem) {
        assertThat(reading.problems("a.toml", "[tls]\n" + line))
                .singleElement()
                .asString()
                .contains(problem);
    }

    @Test
    void fileThatServeDoesNotReadIsNotLookedAt() throws ConfigException {
        String text = "client.tls = {verify = false, trust-file = 'none.pem'}";
        assertThat(reading.read("a.toml", text).config().client().tls().verify()).isFalse();
    }

    @Test
    void fileOfAnAuthorityIsFine() throws Exception {
        Effective effective =
                reading.read("a.toml", "client.tls.trust-file = '" + authority() + "'");
        assertThat(effective.warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "shop.example:8080 | \"shop.example\", a host without a port",
                "[::1]:8080 | \"[::1]\", a host without a port",
                "::1 | \"[::1]\", as in a URL",
                "bücher.example | \"xn--bcher-kva.example\", the form in which it is sent",
                "*.BÜCHER.example | \"*.xn--bcher-kva.example\", the form in which it is sent",
                "straße.example | in the form in which it is sent, xn--...",
                "a*.example | a host, or *.example.com for a domain and all below it",
                "http://a.example | a host, or *.example.com for a domain and all below it",
                "a b | a host, or *.example.com for a domain and all below it"
            })
    void hostThatNoRequestCanHaveIsRefused(String host, String allowed) {
        assertThat(reading.problems("a.toml", route("/x", host)))
                .containsExactly(
                        "a.toml:3: routes[0].host: is \"" + host + "\", must be " + allowed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.example", "*.a.example", "A_b-c~d.example.", "127.0.0.1", "[::1]"})
    void hostThatARequestCanHaveIsFine(String host) throws ConfigException {
        assertThat(reading.read("a.toml", route("/x", host)).warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/* |  | /x |",
                "/* |  | /x/* | a.example",
                "/x | | /x |",
                "/x* | | /xy |",
                "/x/* | *.b.example | /x/y | a.b.example",
                "/x/* | *.b.example | /x/* | *.c.b.example",
                "/x/* | B.example | /x/y | b.example",
                "/x/* | *.b.example | /x/y | b.example"
            })
    void routeThatIsNeverReachedIsAWarning(
            String first, @Nullable String firstHost, String second, @Nullable String secondHost)
            throws ConfigException {
        assertThat(warnings(first, firstHost, second, secondHost))
                .containsExactly(
                        folder.resolve("a.toml")
                                + ":6: routes[1].path: is never reached, routes[0] with the path \""
                                + first
                                + "\" comes first ("
                                + folder.resolve("a.toml")
                                + ":2)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/x | | /* |",
                "/x/* | | /x |",
                "/* | a.example | /x |",
                "/* | a.example | /x | b.example",
                "/* | *.b.example | /x | ab.example",
                "/* | a.b.example | /x | *.b.example"
            })
    void routeThatIsReachedIsFine(
            String first, @Nullable String firstHost, String second, @Nullable String secondHost)
            throws ConfigException {
        assertThat(warnings(first, firstHost, second, secondHost)).isEmpty();
    }

    @Test
    void routeBelowTheHubIsAWarning() throws ConfigException {
        String text =
                "hub.path = '/e'\n"
                        + route("/e", null)
                        + route("/e/x/*", null)
                        + route("/ex", null);
        assertThat(reading.read("a.toml", text).warnings())
                .containsExactly(
                        folder.resolve("a.toml")
                                + ":3: routes[0].path: is never reached, hub.path \"/e\" comes"
                                + " first",
                        folder.resolve("a.toml")
                                + ":7: routes[1].path: is never reached, hub.path \"/e\" comes"
                                + " first");
    }

    @Test
    void routeForOtherRequestsIsFine() throws ConfigException {
        String text =
                "hub.enabled = false\n"
                        + route("/*", null)
                        + "method = 'GET'\n"
                        + route("/*", null)
                        + "header = { Accept = '*x*' }\n"
                        + route("/events/x", null);
        assertThat(reading.read("a.toml", text).warnings()).isEmpty();
    }

    @Test
    void routeForRequestsThatAnotherOneTakesIsAWarning() throws ConfigException {
        String text =
                route("/*", null)
                        + "method = ['GET', 'HEAD']\n"
                        + route("/x", null)
                        + "method = 'GET'\nheader = { Accept = '*x*' }\n"
                        + route("/__react_server_ready__", null)
                        + "method = 'PUT'\n";
        assertThat(reading.read("a.toml", text).warnings())
                .hasSize(2)
                .anyMatch(warning -> warning.contains("routes[1].path: is never reached"))
                .anyMatch(warning -> warning.endsWith("health checks come first"));
    }

    @ParameterizedTest
    @CsvSource({"keepAliveTimeout, 65", "requestTimeout, 300", "backpressure.queueTimeout, 5"})
    void numberOfMillisecondsThatIsProbablyMeantInSecondsIsAWarning(String key, String number)
            throws ConfigException {
        assertThat(reading.read("a.toml", "server." + key + " = " + number).warnings())
                .contains(
                        folder.resolve("a.toml")
                                + ":1: server."
                                + key
                                + ": is "
                                + number
                                + " milliseconds, because a number without a unit means that here;"
                                + " is \""
                                + number
                                + "s\" meant?");
        assertThat(reading.set("server." + key + "=" + number).readNothing().warnings())
                .anyMatch(line -> line.startsWith("--set: server." + key + ": is " + number));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "requestTimeout = \"65ms\"",
                "requestTimeout = 0",
                "requestTimeout = 1000",
                "backpressure.sampleWindow = 500"
            })
    void shortTimeThatIsMeantIsNoWarning(String line) throws ConfigException {
        assertThat(reading.read("a.toml", "server." + line).warnings()).isEmpty();
    }

    private List<String> warnings(
            String first, @Nullable String firstHost, String second, @Nullable String secondHost)
            throws ConfigException {
        String text = route(first, firstHost) + route(second, secondHost);
        return reading.read("a.toml", text).warnings();
    }

    /// Four lines; the second one has the path, the third one the host.
    private static String route(String path, @Nullable String host) {
        String only = host == null ? "streaming = false" : "host = \"" + host + "\"";
        return "[[routes]]\npath = \"" + path + "\"\n" + only + "\nreply.body = \"x\"\n";
    }

    /// An authority that this JDK trusts, as a PEM file.
    private Path authority() throws GeneralSecurityException, IOException {
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        X509TrustManager manager =
                (X509TrustManager)
                        Arrays.stream(factory.getTrustManagers()).findAny().orElseThrow();
        byte[] encoded = manager.getAcceptedIssuers()[0].getEncoded();
        String text =
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder().encodeToString(encoded)
                        + "\n-----END CERTIFICATE-----\n";
        return Files.writeString(folder.resolve("authority.pem"), text);
    }
}
