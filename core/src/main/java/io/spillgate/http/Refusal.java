package io.spillgate.http;

/// The answer to a request that is not served.
///
/// @param status the HTTP status code
/// @param phrase the reason phrase of the status line
/// @param reason one short sentence for the peer: what is wrong, with the numbers that diagnose
public record Refusal(int status, String phrase, String reason) {
    public static Refusal badRequest(String reason) {
        return new Refusal(400, "Bad Request", reason);
    }

    /// The request did not come in time.
    ///
    /// @param keys of the configuration that say what the time is
    public static Refusal requestTimeout(String keys) {
        return new Refusal(
                408, "Request Timeout", "The request did not arrive in time (" + keys + ")");
    }

    public static Refusal methodNotAllowed(String reason) {
        return new Refusal(405, "Method Not Allowed", reason);
    }

    public static Refusal entityTooLarge(String reason) {
        return new Refusal(413, "Request Entity Too Large", reason);
    }

    public static Refusal uriTooLong(String reason) {
        return new Refusal(414, "URI Too Long", reason);
    }

    public static Refusal expectationFailed(String reason) {
        return new Refusal(417, "Expectation Failed", reason);
    }

    public static Refusal headerFieldsTooLarge(String reason) {
        return new Refusal(431, "Request Header Fields Too Large", reason);
    }

    public static Refusal notImplemented(String reason) {
        return new Refusal(501, "Not Implemented", reason);
    }

    public static Refusal versionNotSupported(String reason) {
        return new Refusal(505, "HTTP Version Not Supported", reason);
    }

    /// Under which reason a head that is refused like this is counted.
    public RequestRefusal counter() {
        return switch (status) {
            case 405 -> RequestRefusal.METHOD;
            case 413, 414, 431 -> RequestRefusal.LIMIT;
            case 417 -> RequestRefusal.EXPECTATION;
            default -> RequestRefusal.PARSE;
        };
    }
}
