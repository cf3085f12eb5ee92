package io.spillgate.app.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Lets `pekko.http.client` and `pekko.http.host-connection-pool` stand for the tables without the
/// prefix, so that a file written for Pekko HTTP can be read (Pekko HTTP).
final class PekkoTables {
    private static final Set<String> OURS = Set.of("client", "hostconnectionpool");

    private PekkoTables() {}

    /// The same tree with these tables at the top. What else is below `pekko` keeps its path as a
    /// name, which is no key of ours.
    static Node.Table lifted(Node.Table root) {
        List<Node.Member> members = new ArrayList<>();
        for (Node.Member member : root.members()) {
            if (member.name().equals("pekko") && member.value() instanceof Node.Table pekko) {
                pekko.members().forEach(below -> lift(below, members));
            } else {
                members.add(member);
            }
        }
        return new Node.Table(root.place(), members);
    }

    private static void lift(Node.Member below, List<Node.Member> members) {
        if (!below.name().equals("http") || !(below.value() instanceof Node.Table http)) {
            members.add(prefixed("pekko.", below));
            return;
        }
        for (Node.Member member : http.members()) {
            members.add(OURS.contains(member.relaxed()) ? member : prefixed("pekko.http.", member));
        }
    }

    private static Node.Member prefixed(String prefix, Node.Member member) {
        return new Node.Member(prefix + member.name(), member.place(), member.value());
    }
}
