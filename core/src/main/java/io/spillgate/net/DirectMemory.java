package io.spillgate.net;

import io.netty.util.internal.PlatformDependent;

/// Direct memory as Netty counts it; beyond the limit an allocation fails.
public final class DirectMemory {
    private DirectMemory() {}

    /// Bytes in use; 0 when they are not counted (`-Dio.netty.maxDirectMemory=0`).
    public static long usedBytes() {
        return Math.max(0, PlatformDependent.usedDirectMemory());
    }

    /// Bytes that may be in use; 0 when they are not counted.
    public static long limitBytes() {
        return PlatformDependent.usedDirectMemory() < 0
                ? 0
                : Math.max(0, PlatformDependent.maxDirectMemory());
    }
}
