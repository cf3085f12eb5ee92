package io.spillgate.it.house;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Words that no committed text may hold, because they speak of something that is not the project.
///
/// Each is written here in two halves, so that this file passes its own rule.
final class Words {
    private static final Set<String> ENDINGS =
            Set.of(
                    "java",
                    "md",
                    "xml",
                    "sh",
                    "toml",
                    "yaml",
                    "yml",
                    "conf",
                    "json",
                    "html",
                    "run",
                    "txt",
                    "properties",
                    "spillgate");

    private static final List<Rule> EVERYWHERE =
            List.of(
                    new Rule("a promise", "\\bTO" + "DO\\b|\\bFIX" + "ME\\b|\\bXX" + "X\\b"),
                    new Rule("a document that is not here", "(?i)\\bse" + "ed 0[0-9]"),
                    new Rule("a promise", "(?i:\\bfor n" + "ow\\b)|\\b[Nn]ot impl" + "emented\\b"),
                    new Rule(
                            "a folder of one machine",
                            "/ho" + "me/\\w|/Us" + "ers/\\w|/ro" + "ot/"),
                    new Rule("a folder of one machine", "(?<![\\w.$}])/wo" + "rk/|/tm" + "p/wt"),
                    new Rule(
                            "a registry's host",
                            "(?i)\\brepo[0-9]?\\.ma"
                                    + "ven\\.|\\brepo\\.mav"
                                    + "en\\b"
                                    + "|\\bartifac"
                                    + "tory\\b|\\bnex"
                                    + "us\\."));

    private static final List<Rule> IN_TESTS =
            List.of(
                    new Rule("a test that does not run", "@Dis" + "abled\\b"),
                    new Rule("a sleep", "\\bThread\\.sl" + "eep\\b|\\bSECONDS\\.sl" + "eep\\b"));

    private Words() {}

    private record Rule(String what, Pattern pattern) {
        private Rule(String what, String regex) {
            this(what, Pattern.compile(regex));
        }
    }

    /// The texts of the project that the rules are about.
    static List<Path> texts() {
        return Project.files(ENDINGS);
    }

    /// What a text says against the rules, one sentence each.
    ///
    /// @param name its path below the root
    static List<String> problems(String name, String text) {
        List<String> problems = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            String place = name + ":" + number;
            EVERYWHERE.forEach(rule -> check(rule, place, line, problems));
            if (name.contains("src/test/")) {
                IN_TESTS.forEach(rule -> check(rule, place, line, problems));
            }
        }
        return problems;
    }

    private static void check(Rule rule, String place, String line, List<String> problems) {
        var matcher = rule.pattern.matcher(line);
        if (matcher.find()) {
            problems.add(place + ": \"" + matcher.group() + "\" is " + rule.what);
        }
    }
}
