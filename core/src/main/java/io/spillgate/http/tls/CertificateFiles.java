package io.spillgate.http.tls;

import io.spillgate.config.AdminConfig;
import io.spillgate.config.CertificateConfig;
import io.spillgate.config.ListenerTlsConfig;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/// The files of one certificate, and where the configuration names them.
///
/// @param table path of the table that names them, as `tls.certificates[1]`
/// @param ocspFile empty = none
public record CertificateFiles(
        String table, String certificateFile, String keyFile, String ocspFile) {

    /// Those of the public listener, the one for clients without a name first; none when it does
    /// not speak TLS.
    public static List<CertificateFiles> of(ListenerTlsConfig tls) {
        List<CertificateFiles> all = new ArrayList<>();
        if (tls.bindAddress().isOff()) {
            return all;
        }
        if (!tls.certificateFile().isEmpty()) {
            all.add(new CertificateFiles("tls", tls.certificateFile(), tls.keyFile(), ""));
        }
        for (int i = 0; i < tls.certificates().size(); i++) {
            CertificateConfig one = tls.certificates().get(i);
            String table = "tls.certificates[" + i + "]";
            all.add(
                    new CertificateFiles(
                            table, one.certificateFile(), one.keyFile(), one.ocspFile()));
        }
        return all;
    }

    /// That of the admin listener, if it speaks TLS.
    public static List<CertificateFiles> of(AdminConfig admin) {
        return admin.isTls() && !admin.bindAddress().isOff()
                ? List.of(
                        new CertificateFiles("admin", admin.certificateFile(), admin.keyFile(), ""))
                : List.of();
    }

    /// Reads them. Blocks on the disk: not for an event loop.
    ///
    /// @param problems gets the key and what is wrong with its file
    public static List<ServerCertificate> read(
            List<CertificateFiles> files, BiConsumer<String, String> problems) {
        List<ServerCertificate> certificates = new ArrayList<>();
        for (CertificateFiles one : files) {
            try {
                certificates.add(
                        ServerCertificate.read(one.certificateFile, one.keyFile, one.ocspFile));
            } catch (CertificateFault e) {
                problems.accept(one.table + "." + e.key(), String.valueOf(e.getMessage()));
            }
        }
        return certificates;
    }
}
