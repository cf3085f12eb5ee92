package io.spillgate.config;

/// `[admin]`: the listener for operators.
///
/// @param bindAddress where it binds; `off` disables it
public record AdminConfig(BindAddress bindAddress) {
    /// What holds for every key that is not set.
    public static final AdminConfig DEFAULT = new AdminConfig(new BindAddress("127.0.0.1", 8081));
}
