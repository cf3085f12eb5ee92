package io.spillgate.client.connect;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A key with a certificate, and the authority that signed it, made by the JDK's own tool.
///
/// @param store PKCS 12 file with the key
/// @param certificate PEM file
/// @param key PEM file
/// @param authority PEM file
record Certificates(Path store, Path certificate, Path key, Path authority) {
    private static final String PASSWORD = "secret";

    /// @param names its subject alternative names, such as `dns:a.test,ip:127.0.0.1`
    /// @param options more for `keytool`
    static Certificates make(Path folder, String alias, String names, String... options)
            throws Exception {
        Path store = folder.resolve(alias + ".p12");
        generate(store, "ca", "CN=authority of " + alias, "-ext", "bc=ca:true");
        List<String> leaf = new ArrayList<>(List.of("-signer", "ca", "-ext", "san=" + names));
        leaf.addAll(List.of(options));
        generate(store, alias, "CN=" + alias, leaf.toArray(String[]::new));
        KeyStore keys = load(store);
        Certificates made =
                new Certificates(
                        store,
                        folder.resolve(alias + ".pem"),
                        folder.resolve(alias + ".key"),
                        folder.resolve(alias + "-ca.pem"));
        pem(made.certificate, "CERTIFICATE", keys.getCertificate(alias).getEncoded());
        pem(made.authority, "CERTIFICATE", keys.getCertificate("ca").getEncoded());
        pem(made.key, "PRIVATE KEY", keys.getKey(alias, PASSWORD.toCharArray()).getEncoded());
        keys.deleteEntry("ca");
        try (OutputStream out = Files.newOutputStream(store)) {
            keys.store(out, PASSWORD.toCharArray());
        }
        return made;
    }

    private static void generate(Path store, String alias, String name, String... options)
            throws Exception {
        String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        List<String> command = new ArrayList<>(List.of(tool, "-genkeypair", "-alias", alias));
        command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
        command.addAll(List.of("-dname", name, "-storetype", "PKCS12"));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        byte[] output = process.getInputStream().readAllBytes();
        if (process.waitFor() != 0) {
            throw new AssertionError(new String(output, StandardCharsets.UTF_8));
        }
    }

    /// A context for a server that shows this and trusts the clients of one authority.
    SSLContext server(Certificates client) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(load(store), PASSWORD.toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(client.authority)) {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            trusted.setCertificateEntry("ca", factory.generateCertificate(in));
        }
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static KeyStore load(Path store) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private static void pem(Path file, String what, byte[] content) throws IOException {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(
                file, "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(what, lines));
    }
}
