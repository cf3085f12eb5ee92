package io.spillgate.http.http1;

import io.netty.channel.Channel;
import io.spillgate.http.Connection;
import io.spillgate.http.ServerStream;
import io.spillgate.http.StreamHandler;
import io.spillgate.limits.InputHolders;
import io.spillgate.net.Faults;
import io.spillgate.net.LoopMeter;
import io.spillgate.net.Sweep;
import io.spillgate.net.Transport;

/// What the connections of one listener on one loop belong to. Called on the loop.
public interface ConnectionHome {
    /// Of the loop.
    LoopMeter meter();

    /// Visits the connections.
    Sweep<Connection> sweep();

    /// Counts what they hold of unfinished requests.
    InputHolders input();

    /// What becomes of errors.
    Faults faults();

    /// Of the loop.
    Transport transport();

    /// For the next head.
    HeadLimits headLimits();

    /// As they hold now.
    ReceiveTimes times();

    /// Whether connections end with the answers that are under way.
    boolean isEnding();

    /// Takes a place for a connection that lingers; false when all are taken.
    boolean mayLinger(Channel channel);

    /// Who serves a new stream.
    StreamHandler open(ServerStream stream);
}
