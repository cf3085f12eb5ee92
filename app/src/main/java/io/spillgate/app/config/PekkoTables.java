package io.spillgate.app.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Lets `pekko.http.client` and `pekko.http.host-connection-pool` stand for the tables without the
/// prefix, so that a file written for Pekko HTTP can be read, and the same with `akka` (Pekko
/// HTTP).
///
/// In a file that others read, too, what is for them is left alone: everything outside of these
/// tables and our own, and in them the keys that are about parsing, which is not ours, and HTTP/2.
final class PekkoTables {
    private static final Set<String> PREFIXES = Set.of("pekko", "akka");
    private static final Set<String> OURS = Set.of("client", "hostconnectionpool");
    private static final int MOST_NAMES = 20;

    private final boolean shared;
    private final List<Node.Member> members = new ArrayList<>();
    private final List<String> foreign = new ArrayList<>();

    private PekkoTables(boolean shared) {
        this.shared = shared;
    }

    /// The same tree with these tables at the top. What else is below `pekko` keeps its path as a
    /// name, which is no key of ours.
    static Node.Table lifted(Node.Table root) {
        PekkoTables tables = new PekkoTables(false);
        tables.root(root);
        return new Node.Table(root.place(), tables.members);
    }

    /// The same tree, without what is not for us.
    ///
    /// @param warnings gets one line if something was left out
    static Node.Table liftedOutOf(Node.Table root, List<String> warnings) {
        PekkoTables tables = new PekkoTables(true);
        tables.root(root);
        if (!tables.foreign.isEmpty()) {
            warnings.add(tables.warning(root.place()));
        }
        return new Node.Table(root.place(), tables.members);
    }

    private void root(Node.Table root) {
        for (Node.Member member : root.members()) {
            if (PREFIXES.contains(member.name()) && member.value() instanceof Node.Table library) {
                library.members().forEach(below -> library(member.name() + ".", below));
            } else if (Schema.ROOT.byName().containsKey(member.relaxed())) {
                members.add(member);
            } else {
                other("", member);
            }
        }
    }

    private void library(String prefix, Node.Member below) {
        if (!below.name().equals("http") || !(below.value() instanceof Node.Table http)) {
            other(prefix, below);
            return;
        }
        String path = prefix + "http.";
        for (Node.Member member : http.members()) {
            if (OURS.contains(member.relaxed())) {
                members.add(shared ? pruned(path, member) : member);
            } else {
                other(path, member);
            }
        }
    }

    private void other(String prefix, Node.Member member) {
        if (shared) {
            leave(prefix, member);
        } else {
            members.add(new Node.Member(prefix + member.name(), member.place(), member.value()));
        }
    }

    private void leave(String prefix, Node.Member member) {
        Optional<String> meant =
                prefix.isEmpty()
                        ? Nearest.of(member.name(), Schema.ROOT.keys(), Key::relaxed).map(Key::name)
                        : Optional.empty();
        foreign.add(
                prefix
                        + Quoted.plain(member.name())
                        + " ("
                        + member.place()
                        + meant.map(name -> ", is " + name + " meant?").orElse("")
                        + ")");
    }

    private Node.Member pruned(String prefix, Node.Member member) {
        String path = prefix + member.name() + ".";
        return new Node.Member(member.name(), member.place(), pruned(path, member.value()));
    }

    private Node pruned(String path, Node value) {
        return switch (value) {
            case Node.Table table -> {
                List<Node.Member> kept = new ArrayList<>();
                table.members().forEach(member -> prune(path, member).ifPresent(kept::add));
                yield new Node.Table(table.place(), kept);
            }
            case Node.Sequence(Place place, List<Node> items) ->
                    new Node.Sequence(
                            place, items.stream().map(item -> pruned(path, item)).toList());
            case Node.Scalar _, Node.Nothing _ -> value;
        };
    }

    private Optional<Node.Member> prune(String path, Node.Member member) {
        return switch (member.relaxed()) {
            case "http2" -> {
                leave(path, member);
                yield Optional.empty();
            }
            case "parsing" -> Optional.of(withoutForeignParsing(path, member));
            case "client", "perhostoverride" -> Optional.of(pruned(path, member));
            default -> Optional.of(member);
        };
    }

    private Node.Member withoutForeignParsing(String path, Node.Member parsing) {
        if (!(parsing.value() instanceof Node.Table(Place place, List<Node.Member> all))) {
            return parsing;
        }
        List<Node.Member> known = new ArrayList<>();
        for (Node.Member member : all) {
            if (KnownKeys.find(List.of("client", "parsing", member.name())).isPresent()) {
                known.add(member);
            } else {
                leave(path + parsing.name() + ".", member);
            }
        }
        return new Node.Member(parsing.name(), parsing.place(), new Node.Table(place, known));
    }

    private String warning(Place place) {
        List<String> named = foreign.subList(0, Math.min(MOST_NAMES, foreign.size()));
        int more = foreign.size() - named.size();
        return place
                + ": is not for Spillgate and left alone: "
                + String.join(", ", named)
                + (more > 0 ? " and " + more + " more" : "");
    }
}
