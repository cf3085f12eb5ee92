package io.spillgate.config;

/// A fixed reply of a route.
///
/// @param status 200 to 599
/// @param contentType value of Content-Type
/// @param body the text, sent as UTF-8
public record ReplyConfig(int status, String contentType, String body) {
    /// What holds for every key that is not set.
    public static final ReplyConfig DEFAULT = new ReplyConfig(200, "text/plain; charset=utf-8", "");

    public ReplyConfig {
        Require.between("status", status, 200, 599);
        if (!contentType.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new InvalidValue(
                    "contentType", "has control or non-ASCII characters, must be printable ASCII");
        }
    }
}
