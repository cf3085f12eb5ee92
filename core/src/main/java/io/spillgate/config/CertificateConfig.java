package io.spillgate.config;

/// A certificate that the gateway shows to its clients.
///
/// @param certificateFile PEM file of the chain, the certificate itself first
/// @param keyFile PEM file of its private key (PKCS 8, PKCS 1 or SEC 1), not encrypted
/// @param ocspFile DER file of an OCSP response that is shown with it; empty = none
public record CertificateConfig(
        @Required String certificateFile, @Required String keyFile, @Unset("") String ocspFile) {}
