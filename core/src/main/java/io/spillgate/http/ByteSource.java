package io.spillgate.http;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/// Someone who has bytes for a client whenever it can take some. Called on the stream's loop.
public interface ByteSource {
    /// Writes as much as the target takes.
    ///
    /// @return how many bytes it took
    long writeTo(WritableByteChannel target) throws IOException;

    /// Whether there is something to write now.
    boolean hasMore();
}
