package io.spillgate.app.config;

import java.util.IdentityHashMap;
import java.util.List;

/// The values of a HOCON file that refer to what no file has.
///
/// In tables that are not ours they do not matter, so they are told when it is known which are.
final class Unresolved {
    private final IdentityHashMap<Node, String> references = new IdentityHashMap<>();

    /// A value stands for nothing because of this reference.
    void add(Node value, String reference) {
        references.put(value, reference);
    }

    /// Reports those that are in a tree.
    ///
    /// @param missing the includes that found no file
    void report(Node.Table tree, List<String> missing, Problems problems) {
        report(tree, KeyPath.ROOT, missing, problems);
    }

    private void report(Node node, KeyPath path, List<String> missing, Problems problems) {
        String reference = references.get(node);
        if (reference != null) {
            problems.add(node.place(), path.shown(), message(reference, missing));
        }
        switch (node) {
            case Node.Table table ->
                    table.members()
                            .forEach(member ->
                                    report(
                                            member.value(),
                                            path.key(Quoted.plain(member.name())),
                                            missing,
                                            problems));
            case Node.Sequence sequence -> {
                for (int i = 0; i < sequence.items().size(); i++) {
                    report(sequence.items().get(i), path.item(i), missing, problems);
                }
            }
            case Node.Scalar _, Node.Nothing _ -> {}
        }
    }

    private static String message(String reference, List<String> missing) {
        String what =
                "refers to ${"
                        + Quoted.plain(reference)
                        + "}, which neither this file nor one that it includes has, nor the"
                        + " environment";
        if (reference.matches("(pekko|akka)\\..*")) {
            return what + "; it is in the reference.conf of a library: include a copy of that file";
        }
        if (missing.isEmpty()) {
            return reference.contains(".") ? what + "; include the file that has it" : what;
        }
        String names = Quoted.plain(String.join(", ", missing));
        return what + "; is it in what was not found: " + names + "?";
    }
}
