package io.spillgate.app;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What a command that talks to a gateway sends with its requests: a token and fields of the head.
final class AccessOptions {
    /// The variable that holds a token; no key of the configuration.
    static final String TOKEN_VARIABLE = "SPILLGATE_TOKEN";

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "Sent as a bearer token. Other users of the machine can see it.")
    private @Nullable String token;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "Holds the token, in its first line.")
    private @Nullable Path tokenFile;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "NAME:VALUE",
            description = {
                "Sent with each request. May be given many times.",
                "Without --token and --token-file the token is that of the variable "
                        + TOKEN_VARIABLE
                        + "."
            })
    private List<String> headers = new ArrayList<>();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /// The fields to send.
    ///
    /// @throws ParameterException when an option can't be meant
    HttpHeaders fields() {
        HttpHeaders fields = new DefaultHttpHeaders();
        for (String header : headers) {
            int colon = header.indexOf(':');
            add(fields, header.substring(0, Math.max(colon, 0)), header.substring(colon + 1));
        }
        String bearer = bearer();
        if (bearer != null) {
            add(fields, "Authorization", "Bearer " + bearer);
        }
        return fields;
    }

    private void add(HttpHeaders fields, String name, String value) {
        try {
            fields.add(name, value.strip());
        } catch (IllegalArgumentException e) {
            throw wrong("'" + name + "' can't be a header, must be like 'Name: value'");
        }
    }

    private @Nullable String bearer() {
        if (token != null && tokenFile != null) {
            throw wrong("--token and --token-file are both given, must be one of them");
        }
        if (token != null) {
            return token;
        }
        return tokenFile == null ? System.getenv(TOKEN_VARIABLE) : firstLine(tokenFile);
    }

    private String firstLine(Path file) {
        try {
            return Files.readString(file).lines().findFirst().orElse("").strip();
        } catch (IOException e) {
            throw wrong("--token-file " + file + " can't be read: " + Text.reason(e));
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
