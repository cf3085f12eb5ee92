package io.spillgate.client.pool;

import io.spillgate.client.connect.ConnectRace;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// The races for connections that are being opened, and the calls that fail if they fail. Guarded
/// by the pool's lock, as [Ledger] asserts.
final class Races {
    private final Map<ConnectRace<?>, Call> owners = new HashMap<>();
    private final Set<ConnectRace<?>> prompt = new HashSet<>();
    private int running;

    /// How many there are.
    int running() {
        return running;
    }

    /// @param line for which it runs
    /// @param owner the call that fails if the race fails; null when there is none
    void begin(Line line, ConnectRace<?> race, @Nullable Call owner) {
        running++;
        line.opens();
        prompt.add(race);
        if (owner != null) {
            owner.race = race;
            owners.put(race, owner);
        }
    }

    /// It has to look for another address, or takes long.
    void lags(Line line, ConnectRace<?> race) {
        if (prompt.remove(race)) {
            line.lags();
        }
    }

    /// It brought a connection, or nothing; its owner stays in line.
    ///
    /// @return the owner, if it still waits
    @Nullable Call over(Line line, ConnectRace<?> race) {
        running--;
        lags(line, race);
        line.opened();
        Call owner = owners.remove(race);
        if (owner != null) {
            owner.race = null;
        }
        return owner;
    }

    /// The race for a call goes on for nobody.
    void disown(Call call) {
        if (call.race != null) {
            owners.remove(call.race);
            call.race = null;
        }
    }
}
