package io.spillgate.http.http1;

import io.spillgate.http.Refusal;

import org.jspecify.annotations.Nullable;

/// A head that is not decoded, as a message to the request handler.
///
/// @param refusal what to answer
/// @param origin the value of Origin, if it was read already
/// @param head whether the method is HEAD, so that the answer has no body
record RefusedHead(Refusal refusal, @Nullable String origin, boolean head) {}
