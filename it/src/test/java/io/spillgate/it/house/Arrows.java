package io.spillgate.it.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Which package of the core may use which other one; an arrow points from the user to the used.
final class Arrows {
    /// What every package above the ground may use.
    private static final Set<String> GROUND = Set.of("config", "net", "metrics");

    /// The table: a package, and what it may use besides the ground.
    private static final Map<String, Set<String>> ABOVE_GROUND =
            Map.ofEntries(
                    Map.entry(
                            "listener",
                            Set.of(
                                    "http",
                                    "routing",
                                    "limits",
                                    "admission",
                                    "hub",
                                    "proxy",
                                    "sse",
                                    "broker",
                                    "log",
                                    "lifecycle")),
                    Map.entry("routing", Set.of("limits")),
                    Map.entry("limits", Set.of()),
                    Map.entry("admission", Set.of()),
                    Map.entry("http", Set.of("limits")),
                    Map.entry("hub", Set.of("http", "log", "sse")),
                    Map.entry("local", Set.of("http", "hub", "broker", "log", "sse")),
                    Map.entry("broker", Set.of("log", "sse")),
                    Map.entry("log", Set.of("sse")),
                    Map.entry("sse", Set.of()),
                    Map.entry("proxy", Set.of("http", "client.pool", "sse")),
                    Map.entry("client", Set.of("client.pool", "sse")),
                    Map.entry("client.pool", Set.of("client.connect", "sse")),
                    Map.entry("client.connect", Set.of()),
                    Map.entry("lifecycle", Set.of()));

    private static final Map<String, Set<String>> ON_GROUND =
            Map.of("config", Set.of(), "net", Set.of("config"), "metrics", Set.of("config", "net"));

    private static final String ROOT = "io.spillgate";
    private static final String APP = "app";
    private static final Pattern CLASS_IN_DESCRIPTOR = Pattern.compile("L(io/spillgate/[^;<]+)");

    private Arrows() {}

    /// One use of a class by another one.
    ///
    /// @param user full name of the class that uses
    /// @param used full name of the class that is used
    record Arrow(String user, String used) {}

    /// The arrows against the table, one sentence each.
    static List<String> problems(List<Arrow> arrows) {
        return arrows.stream()
                .filter(arrow -> !allowed(room(arrow.user), room(arrow.used)))
                .map(Arrows::sentence)
                .sorted()
                .distinct()
                .toList();
    }

    /// Every arrow between two packages of ours that the classes below a folder draw.
    static List<Arrow> drawnBy(Path classes) {
        return all(classes).stream()
                .filter(arrow -> !packageOf(arrow.used).equals(packageOf(arrow.user)))
                .toList();
    }

    /// Every arrow between two classes of one package.
    static List<Arrow> within(Path classes) {
        return all(classes).stream()
                .filter(arrow -> packageOf(arrow.used).equals(packageOf(arrow.user)))
                .toList();
    }

    private static List<Arrow> all(Path classes) {
        List<Arrow> arrows = new ArrayList<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                arrows.addAll(drawnBy(ClassFile.of().parse(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return arrows;
    }

    private static List<Arrow> drawnBy(ClassModel model) {
        String user = model.thisClass().asInternalName().replace('/', '.');
        List<Arrow> arrows = new ArrayList<>();
        for (PoolEntry entry : model.constantPool()) {
            for (String used : namesIn(entry)) {
                arrows.add(new Arrow(user, used));
            }
        }
        return arrows;
    }

    private static List<String> namesIn(PoolEntry entry) {
        return switch (entry) {
            case ClassEntry named when named.asInternalName().startsWith("io/spillgate/") ->
                    List.of(named.asInternalName().replace('/', '.'));
            case Utf8Entry text -> {
                Matcher matcher = CLASS_IN_DESCRIPTOR.matcher(text.stringValue());
                yield matcher.results().map(found -> found.group(1).replace('/', '.')).toList();
            }
            default -> List.of();
        };
    }

    private static boolean allowed(String user, String used) {
        if (user.isEmpty() || user.equals(used)) {
            return true;
        }
        if (used.isEmpty() || used.equals(APP)) {
            return false;
        }
        Set<String> ground = ON_GROUND.get(user);
        if (ground != null) {
            return ground.contains(used);
        }
        return GROUND.contains(used) || ABOVE_GROUND.getOrDefault(user, Set.of()).contains(used);
    }

    private static String sentence(Arrow arrow) {
        String user = room(arrow.user);
        boolean known = ABOVE_GROUND.containsKey(user) || ON_GROUND.containsKey(user);
        String used = room(arrow.used).isEmpty() ? "the root package" : room(arrow.used);
        String why = known ? "" : " (" + user + " has no row in the table)";
        return arrow.user + " uses " + arrow.used + ": no arrow " + user + " -> " + used + why;
    }

    /// The package below the root if it has a row of its own, else the first part of it; empty for
    /// the root itself.
    private static String room(String type) {
        String name = packageOf(type);
        if (name.equals(ROOT)) {
            return "";
        }
        String below = name.substring(ROOT.length() + 1);
        int dot = below.indexOf('.');
        return dot < 0 || ABOVE_GROUND.containsKey(below) ? below : below.substring(0, dot);
    }

    private static String packageOf(String type) {
        return type.substring(0, type.lastIndexOf('.'));
    }
}
