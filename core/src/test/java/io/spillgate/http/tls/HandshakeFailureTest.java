package io.spillgate.http.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.ssl.NotSslRecordException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.List;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

final class HandshakeFailureTest {
    static List<Arguments> causes() {
        SSLException untrusted =
                new SSLException("General OpenSslEngine problem", new CertificateException("no"));
        return List.of(
                Arguments.of(new NotSslRecordException("x"), HandshakeFailure.NOT_TLS, true),
                Arguments.of(new TooLongFrameException("x"), HandshakeFailure.NOT_TLS, true),
                Arguments.of(new ClosedChannelException(), HandshakeFailure.CLOSED, true),
                Arguments.of(new IOException("reset by peer"), HandshakeFailure.CLOSED, true),
                Arguments.of(
                        new SSLException("Connection closed while SSL/TLS handshake"),
                        HandshakeFailure.CLOSED,
                        true),
                Arguments.of(untrusted, HandshakeFailure.CLIENT_CERTIFICATE, true),
                Arguments.of(
                        new DecoderException(
                                new SSLException(new CertPathValidatorException("expired"))),
                        HandshakeFailure.CLIENT_CERTIFICATE,
                        true),
                Arguments.of(
                        new SSLHandshakeException("Received fatal alert: unknown_ca"),
                        HandshakeFailure.REFUSED,
                        true),
                Arguments.of(
                        new SSLHandshakeException("NO_SHARED_CIPHER"),
                        HandshakeFailure.PROTOCOL,
                        true),
                Arguments.of(
                        new DecoderException(new NullPointerException("ours")),
                        HandshakeFailure.PROTOCOL,
                        false));
    }

    @ParameterizedTest
    @MethodSource("causes")
    void saysWhyAndWhose(Throwable cause, HandshakeFailure why, boolean ofTheClient) {
        assertThat(HandshakeFailure.of(cause)).isEqualTo(why);
        assertThat(HandshakeFailure.isOfTheClient(cause)).isEqualTo(ofTheClient);
    }
}
