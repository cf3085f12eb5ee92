package io.spillgate.client.pool;

import org.jspecify.annotations.Nullable;

/// Which address of a pool a request is to go to, as long as that one is well. Immutable.
///
/// A key is hashed, and the address wins that has the highest weight with it (rendezvous hashing,
/// Thaler and Ravishankar 1996): when one goes, only its own keys go elsewhere, to each of the
/// others in equal parts, and come back with it. The outcome depends on key and addresses only.
public final class Wish {
    /// Less than any address is liked.
    static final long NOT_AT_ALL = Long.MIN_VALUE;

    private static final long FNV_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final @Nullable String address;
    private final long key;

    private Wish(@Nullable String address, long key) {
        this.address = address;
        this.key = key;
    }

    /// The address with this name, and no other one; if it is not there or not well, any.
    ///
    /// @param name as [Call#address] tells it
    public static Wish address(String name) {
        return new Wish(name, 0);
    }

    /// Always the same address for the same key; if it is not well, always the same of the others.
    public static Wish key(CharSequence key) {
        long hash = FNV_BASIS;
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ key.charAt(i)) * FNV_PRIME;
        }
        return key(hash);
    }

    /// The same for a key that is a number.
    public static Wish key(long key) {
        return new Wish(null, mixed(key));
    }

    /// How much an address is liked.
    long likes(AddressId one) {
        if (address != null) {
            return one.text().equals(address) ? 0 : NOT_AT_ALL;
        }
        return mixed(key ^ one.seed());
    }

    /// Each bit depends on all (the finalizer of MurmurHash3).
    private static long mixed(long bits) {
        long hash = (bits ^ bits >>> 33) * 0xff51afd7ed558ccdL;
        hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
        return hash ^ hash >>> 33;
    }
}
