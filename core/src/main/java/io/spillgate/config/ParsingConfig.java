package io.spillgate.config;

/// `parsing`: limits of answers (Pekko HTTP).
///
/// @param maxContentLength bytes of one answer's content
public record ParsingConfig(SizeLimit maxContentLength) {
    /// What holds for every key that is not set.
    public static final ParsingConfig DEFAULT = new ParsingConfig(SizeLimit.INFINITE);
}
