package io.spillgate.app;

import io.spillgate.config.HostPort;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/// `spillgate dev-cert`: a certificate for trying TLS, and the table that uses it.
@Command(
        name = "dev-cert",
        description = {
            "Makes a certificate for trying TLS, with its key, and prints the table [tls] for it."
        },
        footer = {
            "",
            "It is signed by itself and good for 90 days. Clients have to be told to trust it.",
            "",
            "Examples:",
            "  spillgate dev-cert >> gateway.toml",
            "  curl --cacert dev-cert.pem https://localhost:8443/health",
            "  certutil -d sql:$HOME/.pki/nssdb -A -t P,, -n spillgate -i dev-cert.pem  (Chromium,"
                    + " Linux)",
            "  spillgate dev-cert --name app.example.test --name 192.0.2.1 --out certs",
            "",
            "Exit status: 0 made, 1 can't be made, 2 wrong names, or a file is there already."
        })
final class DevCertCommand implements Callable<Integer> {
    private static final String CERTIFICATE = "dev-cert.pem";
    private static final String KEY = "dev-key.pem";
    private static final int PORT = 8443;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            converter = DevName.Converter.class,
            description = {
                "For whom it is: a name, a wildcard such as *.example.test, or an IP address. May"
                        + " be given many times. Default: localhost, which adds 127.0.0.1 and ::1."
            })
    private List<DevName> given = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Where " + CERTIFICATE + " and " + KEY + " go. Default: the current folder.")
    private Path out = Path.of("");

    @Option(names = "--force", description = "Replaces files that are there.")
    private boolean force;

    @Spec private CommandSpec spec = CommandSpec.create();

    private final Keytool keytool;

    DevCertCommand() {
        this(Keytool.ofThisJava());
    }

    DevCertCommand(Keytool keytool) {
        this.keytool = keytool;
    }

    @Override
    public Integer call() throws InterruptedException {
        Path folder = out.toAbsolutePath().normalize();
        Path certificate = folder.resolve(CERTIFICATE);
        Path key = folder.resolve(KEY);
        for (Path file : List.of(certificate, key)) {
            if (!force && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw isThere(file.toString());
            }
        }
        Collection<DevName> names = names();
        if (!keytool.isThere()) {
            tell(
                    "there is no %s in this Java; openssl does the same: %s"
                            .formatted(
                                    keytool.program(), Keytool.openssl(names, certificate, key)));
            return ExitCode.FAILURE;
        }
        DevCertificate made;
        try {
            made = make(names, folder);
        } catch (FileAlreadyExistsException e) {
            throw isThere(e.getFile());
        } catch (IOException e) {
            tell("nothing was written to " + folder + ": " + Text.reason(e));
            return ExitCode.FAILURE;
        }
        print(certificate, key);
        report(names, certificate, key, made);
        return ExitCode.OK;
    }

    private void print(Path certificate, Path key) {
        PrintWriter table = spec.commandLine().getOut();
        table.println("[tls]");
        table.println("bind_address = \"0.0.0.0:" + PORT + "\"");
        table.println("certificate_file = " + Json.quote(certificate.toString()));
        table.println("key_file = " + Json.quote(key.toString()));
    }

    private void report(
            Collection<DevName> names, Path certificate, Path key, DevCertificate made) {
        String all = names.stream().map(DevName::text).collect(Collectors.joining(", "));
        String url = "https://" + HostPort.text(names.iterator().next().host(), PORT) + "/";
        String trust = "curl --cacert " + Text.shellWord(certificate.toString());
        tell(
                "wrote %s and %s for %s, good until %s; to trust it: %s %s"
                        .formatted(
                                certificate, key, all, made.until(), trust, Text.shellWord(url)));
    }

    private Collection<DevName> names() {
        Set<DevName> names = new LinkedHashSet<>(given);
        if (names.isEmpty()) {
            names.add(DevName.LOCALHOST);
        }
        if (names.contains(DevName.LOCALHOST)) {
            names.add(DevName.parse("127.0.0.1"));
            names.add(DevName.parse("::1"));
        }
        return names;
    }

    private DevCertificate make(Collection<DevName> names, Path folder)
            throws IOException, InterruptedException {
        try (Scratch scratch = new Scratch(folder)) {
            DevCertificate made = keytool.make(names, scratch);
            scratch.draft(KEY, made.keyPem(), "rw-------");
            scratch.draft(CERTIFICATE, made.certificatePem(), "rw-r--r--");
            scratch.place(force, KEY, CERTIFICATE);
            return made;
        }
    }

    private CommandLine.ParameterException isThere(String file) {
        return new CommandLine.ParameterException(
                spec.commandLine(), Json.visible(file) + " is there already; --force replaces it");
    }

    private void tell(String what) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("spillgate dev-cert: " + Json.visible(what));
        err.flush();
    }
}
