package io.spillgate.http.http1;

import io.spillgate.config.HttpConfig;
import io.spillgate.config.LimitStatus;
import io.spillgate.http.Refusal;

/// How large the head of a request may be, and how to refuse a larger one.
///
/// @param requestLineBytes bytes of the request line, without CRLF
/// @param headerLineBytes bytes of one header line, without CRLF
/// @param headerLines number of header lines
/// @param headBytes bytes of the whole head, from the request line to the empty line, CRLFs
///   included
/// @param status which status codes say so
public record HeadLimits(
        int requestLineBytes,
        int headerLineBytes,
        int headerLines,
        int headBytes,
        LimitStatus status) {
    /// The limits that a configuration gives.
    public static HeadLimits of(HttpConfig http) {
        return new HeadLimits(
                Math.toIntExact(http.maxRequestLineSize().bytes()),
                Math.toIntExact(http.maxHeaderSize().bytes()),
                http.maxHeaders(),
                HttpConfig.MAX_HEAD_SIZE,
                http.limitStatus());
    }

    Refusal requestLineTooLong() {
        String reason = "The request line is longer than " + requestLineBytes + " bytes";
        return status == LimitStatus.RFC
                ? Refusal.uriTooLong(reason)
                : Refusal.entityTooLarge(reason);
    }

    Refusal headerLineTooLong() {
        return headersTooLarge("A header line is longer than " + headerLineBytes + " bytes");
    }

    Refusal tooManyHeaders() {
        return headersTooLarge("The request has more than " + headerLines + " header lines");
    }

    Refusal headTooLarge() {
        return headersTooLarge(
                "The request line and headers together are larger than " + headBytes + " bytes");
    }

    private Refusal headersTooLarge(String reason) {
        return status == LimitStatus.RFC
                ? Refusal.headerFieldsTooLarge(reason)
                : Refusal.entityTooLarge(reason);
    }
}
