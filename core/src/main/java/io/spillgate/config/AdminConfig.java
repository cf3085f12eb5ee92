package io.spillgate.config;

import java.util.List;

/// `[admin]`: the listener for operators.
///
/// @param bindAddress where it binds; `off` disables it
/// @param hosts names by which it may be called, besides localhost and IP addresses
/// @param certificateFile PEM file of a chain: then it speaks TLS; empty = plain HTTP
/// @param keyFile PEM file of the certificate's private key
/// @param clientCaFile PEM file of the authorities whose certificates clients must have; empty =
///   clients need none
public record AdminConfig(
        BindAddress bindAddress,
        List<String> hosts,
        String certificateFile,
        String keyFile,
        String clientCaFile) {
    /// What holds for every key that is not set.
    public static final AdminConfig DEFAULT =
            new AdminConfig(new BindAddress("127.0.0.1", 8081), List.of(), "", "", "");

    public AdminConfig {
        hosts = List.copyOf(hosts);
        for (String host : hosts) {
            if (!host.matches("[A-Za-z0-9._-]{1,255}") || host.equals(".")) {
                throw new InvalidValue(
                        "hosts",
                        "has \"" + host + "\", must be a host name without scheme, port and *");
            }
        }
        Require.pair(certificateFile, keyFile);
        if (!clientCaFile.isEmpty() && certificateFile.isEmpty()) {
            throw new InvalidValue(
                    "clientCaFile", "is set, must go with certificate_file and key_file");
        }
    }

    /// Whether TLS is spoken.
    public boolean isTls() {
        return !certificateFile.isEmpty();
    }

    /// The same, but with the keys of a running gateway that can't change.
    AdminConfig keeping(AdminConfig running) {
        AdminConfig files = isTls() == running.isTls() ? this : running;
        return files.of(running.bindAddress, hosts);
    }

    /// The same, bound elsewhere.
    AdminConfig at(BindAddress address) {
        return of(address, hosts);
    }

    private AdminConfig of(BindAddress address, List<String> names) {
        return new AdminConfig(address, names, certificateFile, keyFile, clientCaFile);
    }
}
