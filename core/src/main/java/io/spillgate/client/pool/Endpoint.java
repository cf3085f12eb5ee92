package io.spillgate.client.pool;

import io.spillgate.net.AddressText;

import java.net.InetSocketAddress;

/// One address of a pool. Guarded by the pool's lock, as [Ledger] asserts; the address may be asked
/// for without it.
final class Endpoint {
    private final InetSocketAddress address;
    private final Backoff backoff;
    private final boolean alone;
    private final Health health;
    private final AddressId id;
    private int connections;
    private int attempts;
    private int inFlight;
    private int streams;
    private long turn;
    private boolean retired;
    private boolean seenReady;

    /// @param alone whether nobody shares its back-off
    Endpoint(InetSocketAddress address, Backoff backoff, boolean alone, Health health) {
        this.address = address;
        this.backoff = backoff;
        this.alone = alone;
        this.health = health;
        id = AddressId.of(address);
    }

    InetSocketAddress address() {
        return address;
    }

    /// What clients know it by. Any thread.
    AddressId id() {
        return id;
    }

    Backoff backoff() {
        return backoff;
    }

    Health health() {
        return health;
    }

    /// Connections for requests, open or being opened.
    int connections() {
        return connections;
    }

    /// Whether a connection is being opened.
    boolean isOpening() {
        return attempts > 0;
    }

    /// Requests on its connections, and connections that are being opened for more.
    int load() {
        return inFlight + attempts;
    }

    /// When it had its last turn, in turns of the pool; 0 = it had none.
    long turn() {
        return turn;
    }

    /// Whether the DNS does not name it any more.
    boolean isRetired() {
        return retired;
    }

    void retire() {
        retired = true;
    }

    /// Whether a connection that somebody asks for may be opened now, as far as this address is
    /// concerned.
    boolean mayOpen(int most, long nowNanos) {
        return !retired
                && connections < most
                && backoff.isOpenOnDemand(nowNanos)
                && !(backoff.isProbing() && attempts > 0);
    }

    /// Whether requests may go there as if nothing had happened.
    boolean isWell(long nowNanos) {
        return !health.isOut(nowNanos) && (connections > 0 || backoff.isOpenOnDemand(nowNanos));
    }

    /// Whether who wishes it waits for it: it is well, and no attempt is running to find out
    /// whether it is back.
    boolean isReady(long nowNanos) {
        boolean reachable =
                connections > attempts
                        || !backoff.isProbing()
                        || (attempts == 0 && backoff.isOpenOnDemand(nowNanos));
        return reachable && !retired && !health.isOut(nowNanos);
    }

    /// Looks whether [#isReady] is different from what it was at the last look.
    boolean look(long nowNanos) {
        boolean before = seenReady;
        seenReady = isReady(nowNanos);
        return before != seenReady;
    }

    /// Whether all its connections have as many requests as may be.
    boolean isFull(int depth) {
        return inFlight >= (connections - attempts) * depth;
    }

    /// An attempt to connect begins.
    ///
    /// @return what tells the back-off which attempt it was
    long attempt(long nowNanos) {
        health.tried(nowNanos);
        connections++;
        attempts++;
        return backoff.begin();
    }

    void connected() {
        attempts--;
        backoff.succeeded();
        health.connected();
    }

    /// @param newTurn in turns of the pool
    void failed(long attempt, long newTurn, long nowNanos) {
        attempts--;
        connections--;
        turn = newTurn;
        health.failed(true, nowNanos);
        if (alone) {
            backoff.failed(attempt, nowNanos);
        }
    }

    /// A connection is closed.
    ///
    /// @param stream whether it carried a stream
    void closed(boolean stream) {
        if (stream) {
            streams--;
        } else {
            connections--;
        }
    }

    /// What one of its connections carries is no request any more but a stream.
    ///
    /// @return false when there are as many as may be
    boolean becomesStream(int most) {
        if (streams >= most) {
            return false;
        }
        streams++;
        connections--;
        inFlight--;
        return true;
    }

    /// One of its connections gets a request.
    ///
    /// @param newTurn in turns of the pool
    void assigned(long newTurn, long nowNanos) {
        health.tried(nowNanos);
        inFlight++;
        turn = newTurn;
    }

    /// One of its connections is done with a request.
    void released() {
        inFlight--;
    }

    /// `address:port`, without a name.
    @Override
    public String toString() {
        return AddressText.of(address);
    }
}
