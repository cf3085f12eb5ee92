package io.spillgate.limits;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// The believed part of what Forwarded says of a request's way. Immutable.
///
/// The element that counts is the one that the outermost trusted proxy wrote: its `for` is the
/// client, its `proto` and `host` are what the client asked for.
///
/// @param hops the addresses from the client to the peer of the last trusted proxy before us, as
///   text; the peer of our own connection is not among them
/// @param elements the elements from the one that counts on, as they were written
/// @param proto of the element that counts; null when it says none
/// @param host of the element that counts; null when it says none
public record ForwardedWay(
        List<String> hops, List<String> elements, @Nullable String proto, @Nullable String host) {}
