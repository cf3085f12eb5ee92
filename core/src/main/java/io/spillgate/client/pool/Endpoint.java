package io.spillgate.client.pool;

import io.spillgate.net.AddressText;

import java.net.InetSocketAddress;

/// One address of a pool. Guarded by the pool's lock, as [Ledger] asserts; the address may be asked
/// for without it.
final class Endpoint {
    private final InetSocketAddress address;
    private final Backoff backoff;
    private final boolean alone;
    private int connections;
    private int attempts;
    private boolean retired;

    /// @param alone whether nobody shares its back-off
    Endpoint(InetSocketAddress address, Backoff backoff, boolean alone) {
        this.address = address;
        this.backoff = backoff;
        this.alone = alone;
    }

    InetSocketAddress address() {
        return address;
    }

    Backoff backoff() {
        return backoff;
    }

    /// Open connections, and those being opened.
    int connections() {
        return connections;
    }

    /// Whether the DNS does not name it any more.
    boolean isRetired() {
        return retired;
    }

    void retire() {
        retired = true;
    }

    /// Whether a connection may be opened now, as far as this address is concerned.
    boolean mayOpen(int most, long nowNanos) {
        return !retired
                && connections < most
                && backoff.isOpen(nowNanos)
                && !(backoff.isProbing() && attempts > 0);
    }

    /// An attempt to connect begins.
    ///
    /// @return what tells the back-off which attempt it was
    long attempt() {
        connections++;
        attempts++;
        return backoff.begin();
    }

    void connected() {
        attempts--;
        backoff.succeeded();
    }

    void failed(long attempt, long nowNanos) {
        attempts--;
        connections--;
        if (alone) {
            backoff.failed(attempt, nowNanos);
        }
    }

    void closed() {
        connections--;
    }

    /// `address:port`, without a name.
    @Override
    public String toString() {
        return AddressText.of(address);
    }
}
