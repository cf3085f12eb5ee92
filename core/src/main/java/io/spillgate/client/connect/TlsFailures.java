package io.spillgate.client.connect;

import io.netty.handler.ssl.NotSslRecordException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.function.Predicate;

import javax.net.ssl.SSLException;

/// Why a TLS handshake failed, in one sentence for an operator.
final class TlsFailures {
    private TlsFailures() {}

    /// @param name who the server must be
    static String sentence(String name, Throwable failure) {
        Optional<String> certificate = certificate(name, failure);
        if (certificate.isPresent()) {
            return certificate.get();
        }
        if (has(failure, NotSslRecordException.class::isInstance)) {
            return "the server does not speak TLS on this port";
        }
        String message = String.valueOf(failure.getMessage());
        int alert = message.indexOf("Received fatal alert: ");
        if (alert >= 0) {
            return "the server refused: " + message.substring(message.lastIndexOf(' ') + 1);
        }
        if (has(failure, ClosedChannelException.class::isInstance)
                || message.contains("Connection closed while")
                || (failure instanceof IOException && !(failure instanceof SSLException))) {
            return "the server closed the connection during the handshake";
        }
        return message;
    }

    private static Optional<String> certificate(String name, Throwable failure) {
        if (has(failure, CertificateExpiredException.class::isInstance)) {
            return Optional.of("the server's certificate has expired");
        }
        if (has(failure, CertificateNotYetValidException.class::isInstance)) {
            return Optional.of("the server's certificate is not valid yet");
        }
        if (has(failure, CertPathBuilderException.class::isInstance)) {
            return Optional.of("no trusted authority has signed the server's certificate");
        }
        Throwable path = find(failure, CertPathValidatorException.class::isInstance);
        if (path != null) {
            return Optional.of("the server's certificate is not valid: " + path.getMessage());
        }
        Throwable other = find(failure, CertificateException.class::isInstance);
        if (other == null) {
            return Optional.empty();
        }
        String message = String.valueOf(other.getMessage());
        boolean mismatch = message.startsWith("No ") && message.contains("found");
        return Optional.of(
                mismatch
                        ? "the server's certificate is not for \"" + name + "\""
                        : "the server's certificate is not valid: " + message);
    }

    private static boolean has(Throwable failure, Predicate<Throwable> kind) {
        return find(failure, kind) != null;
    }

    private static @Nullable Throwable find(Throwable failure, Predicate<Throwable> kind) {
        @Nullable Throwable cause = failure;
        while (cause != null && !kind.test(cause)) {
            cause = cause.getCause();
        }
        return cause;
    }
}
