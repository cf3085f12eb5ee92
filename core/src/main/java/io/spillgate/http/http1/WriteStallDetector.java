package io.spillgate.http.http1;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/// Knows for how long a peer has not taken any of the bytes that wait for it. Looked at from time
/// to time; confined to the channel's loop, as [Http1Connection] asserts.
final class WriteStallDetector {
    private long waitingBytes;
    private long sinceNanos;

    /// Time since the peer took a byte; 0 when none waits for it.
    long stalledNanos(Channel channel, long nowNanos) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        long waiting =
                buffer == null || buffer.isEmpty()
                        ? 0
                        : buffer.totalPendingWriteBytes() - buffer.currentProgress();
        if (waiting == 0 || waiting != waitingBytes) {
            waitingBytes = waiting;
            sinceNanos = nowNanos;
        }
        return nowNanos - sinceNanos;
    }
}
