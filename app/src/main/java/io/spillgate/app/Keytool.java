package io.spillgate.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The JDK's program that makes certificates: no public class of it does.
///
/// @param program where it is
/// @param patience how long it may take
record Keytool(Path program, Duration patience) {
    private static final int DAYS = 90;
    private static final String SUBJECT = "Spillgate dev-cert";
    private static final String ALIAS = "dev";

    /// Names the password of the store, which would be seen by all users among the arguments.
    private static final String PASSWORD = "SPILLGATE_STORE_PASSWORD";

    /// That of the Java which runs this.
    static Keytool ofThisJava() {
        Path program = Path.of(System.getProperty("java.home"), "bin", "keytool");
        return new Keytool(program, Duration.ofSeconds(60));
    }

    /// Whether it is there: a Java that was made by jlink may go without.
    boolean isThere() {
        return Files.isExecutable(program);
    }

    /// Makes a key and a certificate for it: P-256, for servers, from now on for 90 days.
    ///
    /// @param scratch where its files go
    /// @throws IOException when the program fails, or takes too long
    DevCertificate make(Collection<DevName> names, Scratch scratch)
            throws IOException, InterruptedException {
        String password = random(24);
        Path store = scratch.file("store.p12");
        Path said = scratch.file("said.txt");
        int status = scratch.run(command(names, store), Map.of(PASSWORD, password), said, patience);
        if (status != 0) {
            String words = Files.readString(said, Charset.defaultCharset());
            String first = words.lines().findFirst().orElse("status " + status);
            throw new IOException(program + " failed: " + first);
        }
        return read(store, password.toCharArray());
    }

    /// The command that does the same without this program.
    static String openssl(Collection<DevName> names, Path certificate, Path key) {
        List<String> words =
                List.of(
                        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes",
                        "-days " + DAYS,
                        "-subj " + Text.shellWord("/CN=" + SUBJECT),
                        "-addext " + Text.shellWord("subjectAltName=" + entries(names)),
                        "-addext extendedKeyUsage=serverAuth",
                        "-addext basicConstraints=critical,CA:FALSE",
                        "-keyout " + Text.shellWord(key.toString()),
                        "-out " + Text.shellWord(certificate.toString()));
        return String.join(" ", words);
    }

    /// No authority, because Firefox takes none of those for a server (RFC 5280 section 4.2.1.9).
    /// No key usage, because to OpenSSL 1.1 one without keyCertSign has not signed itself. A
    /// subject of its own, because clients that trust two of one name find only the first.
    private List<String> command(Collection<DevName> names, Path store) {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
        command.addAll(List.of("-J-Duser.language=en", "-genkeypair", "-alias", ALIAS));
        command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
        command.addAll(List.of("-sigalg", "SHA256withECDSA"));
        command.addAll(List.of("-validity", String.valueOf(DAYS)));
        command.addAll(List.of("-dname", "CN=" + SUBJECT + " " + random(4)));
        command.addAll(List.of("-ext", "bc:critical=ca:false", "-ext", "eku=serverAuth"));
        command.addAll(List.of("-ext", "san=" + entries(names)));
        command.addAll(List.of("-storetype", "PKCS12", "-keystore", store.toString()));
        command.addAll(List.of("-storepass:env", PASSWORD));
        return command;
    }

    private static DevCertificate read(Path store, char[] password) throws IOException {
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, password);
            return new DevCertificate(
                    (X509Certificate) keys.getCertificate(ALIAS),
                    (PrivateKey) keys.getKey(ALIAS, password));
        } catch (GeneralSecurityException e) {
            throw new IOException("the store of keytool can't be read: " + e.getMessage(), e);
        }
    }

    private static String entries(Collection<DevName> names) {
        return names.stream().map(DevName::entry).collect(Collectors.joining(","));
    }

    private static String random(int bytes) {
        byte[] random = new byte[bytes];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }
}
