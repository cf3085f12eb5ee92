package io.spillgate.it.house;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What the core's classes claim of their threads and of time, and what must stand behind it.
///
/// A class that is confined to a loop or guarded by a lock has an assertion of that, or names the
/// class that has it: `as [Owner] asserts`. Time is injected: the system's clock is given out in a
/// few places and read nowhere else.
final class Claims {
    private static final Path CORE = Project.root().resolve("core/src/main/java/io/spillgate");

    private static final Set<String> CLOCKS = Set.of("net/Loops.java", "metrics/Metrics.java");

    private static final Pattern CLASS_DOC = Pattern.compile("(?m)(?:^///.*\n)+(?=@|[a-z])");
    private static final Pattern CLAIM = Pattern.compile("(?i)\\b(?:confined to|guarded by)\\b");
    private static final Pattern OWNER = Pattern.compile("as (?:its )?\\[(\\w+)\\] asserts?\\b");
    private static final Pattern ASSERTION = Pattern.compile("(?m)^ +assert ");
    private static final Pattern CLOCK = Pattern.compile("System(?:\\.|::|#)nanoTime");

    private Claims() {}

    /// The sources that the rules are about.
    static List<Path> sources() {
        return Project.javaFiles().stream().filter(file -> file.startsWith(CORE)).toList();
    }

    /// What a source says against the rules, one sentence each.
    ///
    /// @param name its path below the core's package
    static List<String> problems(String name, String text) {
        List<String> problems = new ArrayList<>();
        Matcher doc = CLASS_DOC.matcher(text);
        String claims =
                doc.find()
                        ? doc.group().lines().map(Claims::bare).collect(Collectors.joining(" "))
                        : "";
        if (CLAIM.matcher(claims).find() && !ASSERTION.matcher(text).find()) {
            Matcher owner = OWNER.matcher(claims);
            if (!owner.find()) {
                problems.add(
                        name + " asserts nothing of what it claims, and names nobody who does");
            } else if (!asserts(owner.group(1))) {
                problems.add(name + ": " + owner.group(1) + " asserts nothing");
            }
        }
        if (CLOCK.matcher(text).find() && !CLOCKS.contains(name)) {
            problems.add(name + " looks at the system's clock");
        }
        return problems;
    }

    /// The path as the rules have it.
    static String name(Path file) {
        return CORE.relativize(file).toString();
    }

    private static String bare(String line) {
        return line.substring("///".length()).strip();
    }

    private static boolean asserts(String owner) {
        return Project.javaFiles().stream()
                .filter(file -> file.startsWith(CORE) && file.endsWith(owner + ".java"))
                .anyMatch(file -> ASSERTION.matcher(Project.text(file)).find());
    }
}
