package io.spillgate.client.connect;

import io.spillgate.config.ByteSize;
import io.spillgate.config.SocketOptionsConfig;

import java.util.Optional;

/// Socket options of which one is set.
final class Options {
    private static final Optional<ByteSize> NONE = Optional.empty();
    private static final Optional<Boolean> NO = Optional.empty();

    private Options() {}

    static SocketOptionsConfig receiveBuffer(long bytes) {
        return of(Optional.of(new ByteSize(bytes)), NONE, NO, Optional.empty(), NO, NO, NO);
    }

    static SocketOptionsConfig sendBuffer(long bytes) {
        return of(NONE, Optional.of(new ByteSize(bytes)), NO, Optional.empty(), NO, NO, NO);
    }

    static SocketOptionsConfig reuseAddress(boolean on) {
        return of(NONE, NONE, Optional.of(on), Optional.empty(), NO, NO, NO);
    }

    static SocketOptionsConfig trafficClass(int value) {
        return of(NONE, NONE, NO, Optional.of(value), NO, NO, NO);
    }

    static SocketOptionsConfig keepAlive(boolean on) {
        return of(NONE, NONE, NO, Optional.empty(), Optional.of(on), NO, NO);
    }

    static SocketOptionsConfig oobInline(boolean on) {
        return of(NONE, NONE, NO, Optional.empty(), NO, Optional.of(on), NO);
    }

    static SocketOptionsConfig noDelay(boolean on) {
        return of(NONE, NONE, NO, Optional.empty(), NO, NO, Optional.of(on));
    }

    private static SocketOptionsConfig of(
            Optional<ByteSize> receiveBuffer,
            Optional<ByteSize> sendBuffer,
            Optional<Boolean> reuseAddress,
            Optional<Integer> trafficClass,
            Optional<Boolean> keepAlive,
            Optional<Boolean> oobInline,
            Optional<Boolean> noDelay) {
        return new SocketOptionsConfig(
                receiveBuffer,
                sendBuffer,
                reuseAddress,
                trafficClass,
                keepAlive,
                oobInline,
                noDelay);
    }
}
