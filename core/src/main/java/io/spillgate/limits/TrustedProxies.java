package io.spillgate.limits;

import io.spillgate.config.ForwardedHeader;
import io.spillgate.config.Network;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The networks whose forwarding headers are believed, which of these headers, and the walk through
/// them to the client.
///
/// The list in X-Forwarded-For or Forwarded is read from the right: each entry was written by the
/// hop to its right, so it is believed as long as that hop is trusted. The first address that is
/// not trusted is the client; what is no address ends the walk at the last good one. Of the two
/// headers only one is looked at, because a proxy that writes one of them passes the other on as
/// the client wrote it. Immutable, any thread. Source: RFC 7239, RevenProx.
public final class TrustedProxies {
    private final Network[] networks;
    private final ForwardedHeader family;

    private TrustedProxies(Network[] networks, ForwardedHeader family) {
        this.networks = networks;
        this.family = family;
    }

    /// Trust in these addresses and networks (CIDR).
    ///
    /// @param family the headers by which they say for whom they ask
    /// @throws io.spillgate.config.InvalidValue when a network is malformed
    public static TrustedProxies of(List<String> networks, ForwardedHeader family) {
        return new TrustedProxies(
                networks.stream()
                        .map(network -> Network.parse("trustedProxies", network))
                        .toArray(Network[]::new),
                family);
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

    /// Whether X-Forwarded-For, -Proto and -Host of this peer are believed.
    public boolean trustsXForwarded(ClientAddress peer) {
        return family == ForwardedHeader.X_FORWARDED_FOR && trusts(peer);
    }

    /// The client behind a connection: the peer itself unless it is trusted.
    ///
    /// @param peer the address of the socket
    /// @param lines the values of all header lines of a name, in order
    public ClientAddress client(ClientAddress peer, Function<String, List<String>> lines) {
        if (!trusts(peer)) {
            return peer;
        }
        List<@Nullable ClientAddress> hops =
                family == ForwardedHeader.FORWARDED
                        ? hops(ForwardedElement.all(lines.apply("Forwarded")))
                        : split(lines.apply("X-Forwarded-For"));
        int first = first(hops);
        for (int i = first; i < hops.size(); i++) {
            ClientAddress hop = hops.get(i);
            if (hop != null) {
                return hop;
            }
        }
        return peer;
    }

    /// What Forwarded says of the way to a peer; empty when that is not believed.
    ///
    /// @param lines the values of all lines of Forwarded, in order
    public Optional<ForwardedWay> way(ClientAddress peer, Function<String, List<String>> lines) {
        if (family != ForwardedHeader.FORWARDED || !trusts(peer)) {
            return Optional.empty();
        }
        List<ForwardedElement> elements = ForwardedElement.all(lines.apply("Forwarded"));
        int first = first(hops(elements));
        List<ForwardedElement> believed = elements.subList(first, elements.size());
        List<String> hops = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (ForwardedElement element : believed) {
            if (element.hop() != null) {
                hops.add(element.hop().toString());
            }
            if (!element.text().isEmpty()) {
                texts.add(element.text());
            }
        }
        boolean silent = believed.isEmpty();
        return Optional.of(
                new ForwardedWay(
                        hops,
                        texts,
                        silent ? null : believed.getFirst().proto(),
                        silent ? null : believed.getFirst().host()));
    }

    /// The index of the leftmost entry that a trusted hop wrote; the size when there is no entry.
    private int first(List<@Nullable ClientAddress> hops) {
        int first = hops.size();
        while (first > 0) {
            first--;
            ClientAddress hop = hops.get(first);
            if (hop == null || !trusts(hop)) {
                return first;
            }
        }
        return first;
    }

    private static List<@Nullable ClientAddress> hops(List<ForwardedElement> elements) {
        List<@Nullable ClientAddress> hops = new ArrayList<>();
        elements.forEach(element -> hops.add(element.hop()));
        return hops;
    }

    private static List<@Nullable ClientAddress> split(List<String> lines) {
        List<@Nullable ClientAddress> members = new ArrayList<>();
        for (String line : lines) {
            int from = 0;
            while (from <= line.length()) {
                int comma = line.indexOf(',', from);
                int to = comma < 0 ? line.length() : comma;
                String member = line.substring(from, to).strip();
                if (!member.isEmpty()) {
                    members.add(ClientAddress.parse(member));
                }
                from = to + 1;
            }
        }
        return members;
    }
}
