package io.spillgate.config;

import java.util.Optional;

/// `socket-options`: what is absent is left to the system (Pekko HTTP).
///
/// @param soReceiveBufferSize SO_RCVBUF
/// @param soSendBufferSize SO_SNDBUF
/// @param soReuseAddress SO_REUSEADDR
/// @param soTrafficClass IP_TOS, 0 to 255
/// @param tcpKeepAlive SO_KEEPALIVE
/// @param tcpOobInline SO_OOBINLINE; not every transport can set it, see `docs/pools.md`
/// @param tcpNoDelay TCP_NODELAY
public record SocketOptionsConfig(
        Optional<ByteSize> soReceiveBufferSize,
        Optional<ByteSize> soSendBufferSize,
        Optional<Boolean> soReuseAddress,
        Optional<Integer> soTrafficClass,
        Optional<Boolean> tcpKeepAlive,
        Optional<Boolean> tcpOobInline,
        Optional<Boolean> tcpNoDelay) {

    /// What holds for every key that is not set.
    public static final SocketOptionsConfig DEFAULT =
            new SocketOptionsConfig(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());

    public SocketOptionsConfig {
        soReceiveBufferSize.ifPresent(
                size -> Require.bytesBetween("soReceiveBufferSize", size, 1, Integer.MAX_VALUE));
        soSendBufferSize.ifPresent(
                size -> Require.bytesBetween("soSendBufferSize", size, 1, Integer.MAX_VALUE));
        soTrafficClass.ifPresent(tos -> Require.between("soTrafficClass", tos, 0, 255));
    }
}
