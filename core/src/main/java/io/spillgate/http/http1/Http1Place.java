package io.spillgate.http.http1;

import io.netty.channel.Channel;
import io.spillgate.http.BodyFraming;
import io.spillgate.http.ByteSource;
import io.spillgate.http.EventStreamPlace;
import io.spillgate.http.Outlet;
import io.spillgate.net.Faults;

/// An event stream that has a connection for itself.
///
/// @param channel the connection
/// @param pulls whether bytes can get into the socket as they are, when it takes them
/// @param faults hears of what fails
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Http1Place(
        Channel channel, boolean pulls, Faults faults, byte[] head, BodyFraming framing)
        implements EventStreamPlace {

    @Override
    public Outlet outlet(ByteSource source) {
        return pulls
                ? new PullOutlet(channel, source, faults)
                : new PushOutlet(channel, source, faults);
    }

    @Override
    public void whenOver(Runnable done) {
        channel.closeFuture().addListener(_ -> done.run());
    }
}
