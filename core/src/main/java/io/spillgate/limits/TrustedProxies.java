package io.spillgate.limits;

import io.spillgate.config.Network;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// The networks whose forwarding headers are believed, and the walk through such headers to the
/// client.
///
/// The list in X-Forwarded-For or Forwarded is read from the right: each entry was written by the
/// hop to its right, so it is believed as long as that hop is trusted. The first address that is
/// not trusted is the client; what is no address ends the walk at the last good one. Immutable, any
/// thread. Source: RFC 7239, seed 000.
public final class TrustedProxies {
    private final Network[] networks;

    private TrustedProxies(Network[] networks) {
        this.networks = networks;
    }

    /// Trust in these addresses and networks (CIDR).
    ///
    /// @throws io.spillgate.config.InvalidValue when one is malformed
    public static TrustedProxies of(List<String> networks) {
        return new TrustedProxies(
                networks.stream()
                        .map(network -> Network.parse("trustedProxies", network))
                        .toArray(Network[]::new));
    }

    /// Whether forwarding headers of this peer are believed.
    public boolean trusts(ClientAddress peer) {
        for (Network network : networks) {
            if (network.contains(peer.ownBytes())) {
                return true;
            }
        }
        return false;
    }

    /// The client behind a connection: the peer itself unless it is trusted.
    ///
    /// @param peer the address of the socket
    /// @param forwarded the values of all Forwarded lines in order; they win when one names a `for`
    /// @param forwardedFor the values of all X-Forwarded-For lines in order
    public ClientAddress client(
            ClientAddress peer, List<String> forwarded, List<String> forwardedFor) {
        if (!trusts(peer)) {
            return peer;
        }
        List<String> hops = ForwardedFor.hops(forwarded);
        return walk(peer, hops != null ? hops : split(forwardedFor));
    }

    private ClientAddress walk(ClientAddress peer, List<String> hops) {
        ClientAddress last = peer;
        for (int i = hops.size() - 1; i >= 0 && trusts(last); i--) {
            @Nullable ClientAddress hop = ClientAddress.parse(hops.get(i));
            if (hop == null) {
                return last;
            }
            last = hop;
        }
        return last;
    }

    private static List<String> split(List<String> lines) {
        List<String> members = new ArrayList<>();
        for (String line : lines) {
            int from = 0;
            while (from <= line.length()) {
                int comma = line.indexOf(',', from);
                int to = comma < 0 ? line.length() : comma;
                String member = line.substring(from, to).strip();
                if (!member.isEmpty()) {
                    members.add(member);
                }
                from = to + 1;
            }
        }
        return members;
    }
}
