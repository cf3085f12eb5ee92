package io.spillgate.net;

import io.netty.buffer.ByteBuf;

import java.util.Arrays;

/// Bytes that are collected up to a bound, in an array that grows by doubling. What would exceed
/// the bound is not taken at all. Not thread safe.
public final class BoundedBytes {
    private static final byte[] NONE = {};
    private static final int LEAST_GROWTH = 64;

    private final int maxBytes;
    private byte[] array;
    private int length;

    /// Nothing is collected.
    public BoundedBytes(int maxBytes) {
        this.maxBytes = maxBytes;
        array = NONE;
    }

    /// Nothing is collected, but there is room.
    ///
    /// @param expectedBytes at most the bound
    public BoundedBytes(int maxBytes, int expectedBytes) {
        this.maxBytes = maxBytes;
        array = new byte[expectedBytes];
    }

    /// How many bytes were taken.
    public int length() {
        return length;
    }

    /// How many bytes of memory they hold.
    public int capacity() {
        return array.length;
    }

    /// How many bytes more may come.
    public int remaining() {
        return maxBytes - length;
    }

    /// Takes all that is readable.
    ///
    /// @return false when that is more than [#remaining()], and nothing was taken
    public boolean add(ByteBuf piece) {
        int added = piece.readableBytes();
        if (added > remaining()) {
            return false;
        }
        grow(length + added);
        piece.readBytes(array, length, added);
        length += added;
        return true;
    }

    /// As [#add(ByteBuf)], for a part of an array.
    public boolean add(byte[] from, int offset, int added) {
        if (added > remaining()) {
            return false;
        }
        grow(length + added);
        System.arraycopy(from, offset, array, length, added);
        length += added;
        return true;
    }

    /// The bytes, from 0 to [#length()]; not a copy, and good until more are taken.
    public byte[] array() {
        return array;
    }

    /// The bytes in an array of their length, which is not written to any more unless more are
    /// taken.
    public byte[] exactArray() {
        return length == array.length ? array : Arrays.copyOf(array, length);
    }

    /// Forgets the bytes.
    ///
    /// @param keptCapacity how much memory may be kept for the next ones; 0 = none
    public void clear(int keptCapacity) {
        length = 0;
        if (array.length > keptCapacity) {
            array = NONE;
        }
    }

    private void grow(int needed) {
        if (needed > array.length) {
            int doubled = Math.min(Math.max(LEAST_GROWTH, 2 * array.length), maxBytes);
            array = Arrays.copyOf(array, Math.max(needed, doubled));
        }
    }
}
