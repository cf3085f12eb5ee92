package io.spillgate.config;

/// A configuration value that is well formed but not allowed.
///
/// The message says what is wrong and what is allowed, in the form "is X, must be Y"; a reader puts
/// the place and the key in front. When a record has several components, [#key] names the offending
/// one.
public final class InvalidValue extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String key;

    /// A value whose key is evident from the context.
    public InvalidValue(String message) {
        this("", message);
    }

    /// A wrong value of one component of a record.
    ///
    /// @param key the component's name as in the record (`maxConnections`)
    /// @param message what is wrong and what is allowed
    public InvalidValue(String key, String message) {
        super(message);
        this.key = key;
    }

    /// The component's name, or the empty string when the context names it.
    public String key() {
        return key;
    }
}
