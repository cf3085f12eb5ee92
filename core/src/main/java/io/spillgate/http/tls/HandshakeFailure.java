package io.spillgate.http.tls;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.ssl.NotSslRecordException;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.Locale;

import javax.net.ssl.SSLException;

/// Why a handshake failed; the names are those of the metric's label.
public enum HandshakeFailure {
    /// It took too long, or waited too long for its turn.
    TIMEOUT,
    /// The client closed the connection.
    CLOSED,
    /// The client does not speak TLS.
    NOT_TLS,
    /// There is no certificate for the name (tls.strict_sni).
    UNKNOWN_NAME,
    /// The client has no certificate, or one that is not trusted.
    CLIENT_CERTIFICATE,
    /// The client refused our certificate.
    REFUSED,
    /// Anything else: no common version or cipher, say.
    PROTOCOL;

    /// What an exception of the handler says.
    static HandshakeFailure of(Throwable cause) {
        String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (has(cause, NotSslRecordException.class) || has(cause, TooLongFrameException.class)) {
            return NOT_TLS;
        }
        if (has(cause, CertificateException.class)
                || has(cause, CertPathValidatorException.class)) {
            return CLIENT_CERTIFICATE;
        }
        boolean ofTls = has(cause, SSLException.class);
        if (has(cause, ClosedChannelException.class)
                || text.contains("closed while")
                || (!ofTls && has(cause, IOException.class))) {
            return CLOSED;
        }
        if (text.contains("alert")) {
            return REFUSED;
        }
        return text.contains("certificate") ? CLIENT_CERTIFICATE : PROTOCOL;
    }

    /// Whether it is a client that has broken the protocol, so that nothing of ours has failed.
    static boolean isOfTheClient(Throwable cause) {
        return has(cause, SSLException.class)
                || has(cause, TooLongFrameException.class)
                || has(cause, CertificateException.class)
                || has(cause, IOException.class);
    }

    private static boolean has(Throwable failure, Class<? extends Throwable> kind) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
