package io.spillgate.it.house;

import io.spillgate.it.house.Arrows.Arrow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Classes of one package that all know each other, directly or by way of others: strongly
/// connected components, found by Tarjan's algorithm. A nested class counts as the one around it.
final class Knots {
    private final Map<String, Set<String>> uses;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<String, Integer> lows = new HashMap<>();
    private final Deque<String> open = new ArrayDeque<>();
    private final List<Set<String>> found = new ArrayList<>();

    private Knots(Map<String, Set<String>> uses) {
        this.uses = uses;
    }

    /// The largest knot of each package that has one of more than one class.
    ///
    /// @param arrows between any two classes
    static Map<String, Set<String>> largest(Collection<Arrow> arrows) {
        Map<String, Set<String>> uses = new HashMap<>();
        for (Arrow arrow : arrows) {
            String user = outermost(arrow.user());
            String used = outermost(arrow.used());
            if (!user.equals(used) && packageOf(user).equals(packageOf(used))) {
                uses.computeIfAbsent(user, _ -> new TreeSet<>()).add(used);
            }
        }
        Knots knots = new Knots(uses);
        uses.keySet().stream().sorted().forEach(knots::visitOnce);
        return knots.found.stream()
                .filter(knot -> knot.size() > 1)
                .collect(
                        Collectors.toMap(
                                knot -> packageOf(knot.iterator().next()),
                                knot -> knot,
                                (one, other) -> one.size() < other.size() ? other : one));
    }

    private void visitOnce(String type) {
        if (!numbers.containsKey(type)) {
            visit(type);
        }
    }

    private void visit(String type) {
        int number = numbers.size();
        numbers.put(type, number);
        lows.put(type, number);
        open.push(type);
        for (String used : uses.getOrDefault(type, Set.of())) {
            visitOnce(used);
            if (open.contains(used)) {
                lows.merge(type, lows.getOrDefault(used, number), Math::min);
            }
        }
        if (lows.getOrDefault(type, number) == number) {
            close(type);
        }
    }

    private void close(String first) {
        Set<String> knot = new TreeSet<>();
        String type;
        do {
            type = open.pop();
            knot.add(type);
        } while (!type.equals(first));
        found.add(knot);
    }

    private static String outermost(String type) {
        int dollar = type.indexOf('$');
        return dollar < 0 ? type : type.substring(0, dollar);
    }

    private static String packageOf(String type) {
        return type.substring(0, type.lastIndexOf('.'));
    }
}
