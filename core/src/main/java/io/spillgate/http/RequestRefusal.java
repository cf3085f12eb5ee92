package io.spillgate.http;

/// Why a request was refused; the values of `requests_rejected_total{reason}`, in the order of the
/// stages. One refused request counts under exactly one.
public enum RequestRefusal {
    /// It is not HTTP as RFC 9112 writes it, or a version or coding that is not spoken (400, 501,
    /// 505).
    PARSE,
    /// The request line, a header or the number of headers is beyond its limit (413, 414, 431).
    LIMIT,
    /// The head or the body did not arrive in time (408).
    TIMEOUT,
    /// All connections together held more unfinished input than `http.input_memory`, and this
    /// request was the one that had been unfinished for the longest time (503).
    INPUT_MEMORY,
    /// An expectation other than 100-continue (417).
    EXPECTATION,
    /// The admin listener was called by a name that is not its own (421).
    MISDIRECTED,
    /// Beyond the rate limit of its client address (429).
    RATE,
    /// No route leads there (404).
    NOT_FOUND,
    /// The route is not for this method (405).
    METHOD,
    /// Too many requests run already (503); `admission_rejected_total` has the details.
    ADMISSION,
    /// The Accept header excludes what the route answers with (406).
    NOT_ACCEPTABLE,
    /// A token is missing or wrong (401).
    UNAUTHORIZED,
    /// What the request asks for is not enabled (403).
    FORBIDDEN,
    /// The topic, a parameter or the content of the body is not valid (400).
    INVALID,
    /// The body is longer than allowed (413).
    BODY,
    /// The hub is at its memory or topic limit: nothing was published, or no stream was opened
    /// (503).
    HUB_FULL,
    /// A subscriber of the topic stayed full for `hub.block_timeout`, so nothing was published; or
    /// the broker did not say in that time where a stream begins (503).
    BLOCKED,
    /// The broker could not say in time whether the event was published (503).
    UNCONFIRMED
}
