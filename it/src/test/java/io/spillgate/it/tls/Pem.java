package io.spillgate.it.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/// The files of one certificate of the tests.
///
/// @param certificate PEM file of the chain
/// @param key PEM file of the key
record Pem(Path certificate, Path key) {
    /// Copies a certificate of the resources into a folder.
    ///
    /// @param name as its files are called there
    /// @param as how they are called in the folder
    static Pem copy(String name, Path folder, String as) {
        Pem files = new Pem(folder.resolve(as + ".pem"), folder.resolve(as + ".key"));
        copyFile(name + ".pem", files.certificate);
        copyFile(name + ".key", files.key);
        return files;
    }

    static Pem copy(String name, Path folder) {
        return copy(name, folder, name);
    }

    /// The two keys of a table.
    String toml() {
        return "certificate_file = \"%s\"\nkey_file = \"%s\"\n".formatted(certificate, key);
    }

    /// A store with the key, for a client that shows it.
    KeyStore store() {
        try (InputStream in = Files.newInputStream(certificate)) {
            Certificate leaf = CertificateFactory.getInstance("X.509").generateCertificate(in);
            String text = Files.readString(key).replaceAll("-----[A-Z ]+-----|\\s", "");
            byte[] der = Base64.getDecoder().decode(text);
            PrivateKey own =
                    KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("own", own, new char[0], new Certificate[] {leaf});
            return store;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static void copyFile(String resource, Path to) {
        try (InputStream in = Pem.class.getResourceAsStream("/tls/" + resource)) {
            if (in == null) {
                throw new AssertionError("no resource " + resource);
            }
            Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
