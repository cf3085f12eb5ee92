package io.spillgate.limits;

import org.jspecify.annotations.Nullable;

/// What one connection holds of unfinished input. Confined to the connection's loop, as
/// [InputHolders] asserts.
public final class InputHolder {
    private final InputHolders holders;
    private final Runnable shed;
    private long bytes;

    long sinceNanos;
    @Nullable InputHolder before;
    @Nullable InputHolder after;

    /// @param shed answers or closes the connection, and lets go what it holds
    public InputHolder(InputHolders holders, Runnable shed) {
        this.holders = holders;
        this.shed = shed;
    }

    /// Says how much is held now; at 0 nothing is remembered of the connection.
    ///
    /// @return whether it is more than before, so that the sum may be above its bound
    public boolean holds(long now) {
        long was = bytes;
        if (now == was) {
            return false;
        }
        bytes = now;
        holders.changed(this, was, now);
        return now > was;
    }

    /// What is held from here on belongs to something that begins now.
    public void renew() {
        if (bytes > 0) {
            holders.renew(this);
        }
    }

    /// Nothing counts as held afterwards, whatever the connection makes of it.
    void shed() {
        shed.run();
        holds(0);
    }
}
