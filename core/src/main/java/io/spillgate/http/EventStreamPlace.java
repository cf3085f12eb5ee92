package io.spillgate.http;

import io.netty.channel.Channel;

/// Where the bytes of an event stream go.
///
/// @param channel theirs alone
/// @param head bytes to be sent before the stream's first ones
/// @param framing what the stream's bytes need around them
@SuppressWarnings("ArrayRecordComponent") // never compared
public record EventStreamPlace(Channel channel, byte[] head, BodyFraming framing) {}
