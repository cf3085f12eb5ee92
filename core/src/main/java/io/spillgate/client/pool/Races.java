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

    /// How many of them promise a connection soon: no address has failed, and none is taking long.
    int prompt() {
        return prompt.size();
    }

    /// @param owner the call that fails if the race fails; null when there is none
    void begin(ConnectRace<?> race, @Nullable Call owner) {
        running++;
        prompt.add(race);
        if (owner != null) {
            owner.race = race;
            owners.put(race, owner);
        }
    }

    /// It has to look for another address.
    void lags(ConnectRace<?> race) {
        prompt.remove(race);
    }

    boolean hasOwner(ConnectRace<?> race) {
        return owners.containsKey(race);
    }

    /// It brought a connection, or nothing; its owner stays in line.
    ///
    /// @return the owner, if it still waits
    @Nullable Call over(ConnectRace<?> race) {
        running--;
        prompt.remove(race);
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
