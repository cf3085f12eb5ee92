package io.spillgate.config;

import java.util.List;

/// `[admin]`: the listener for operators.
///
/// @param bindAddress where it binds; `off` disables it
/// @param hosts names by which it may be called, besides localhost and IP addresses
public record AdminConfig(BindAddress bindAddress, List<String> hosts) {
    /// What holds for every key that is not set.
    public static final AdminConfig DEFAULT =
            new AdminConfig(new BindAddress("127.0.0.1", 8081), List.of());

    public AdminConfig {
        hosts = List.copyOf(hosts);
        for (String host : hosts) {
            if (!host.matches("[A-Za-z0-9._-]{1,255}") || host.equals(".")) {
                throw new InvalidValue(
                        "hosts",
                        "has \"" + host + "\", must be a host name without scheme, port and *");
            }
        }
    }

    /// The same, but with the keys of a running gateway that can't change.
    AdminConfig keeping(AdminConfig running) {
        return new AdminConfig(running.bindAddress, hosts);
    }
}
