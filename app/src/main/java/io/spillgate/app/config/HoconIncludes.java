package io.spillgate.app.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;

import java.io.File;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Follows `include`: files beside the including one, a bounded number of them, nothing from
/// elsewhere.
///
/// `include "name"` is taken relative to the file it stands in, with `.conf` and `.json` added when
/// it has no ending; `include file("name")` relative to the working directory. A file that is not
/// there gives a warning, or an error with `required(...)`.
final class HoconIncludes
        implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
    /// Files looked for in one configuration.
    static final int MAX_FILES = 100;

    /// `${...}` and `+=` in all files; the parser's time grows with their square.
    static final int MAX_SUBSTITUTIONS = 2000;

    private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{|\\+=");

    private final Deque<SourceText> open = new ArrayDeque<>();
    private final Set<String> files = new HashSet<>();
    private final List<String> warnings;
    private final List<String> missing = new ArrayList<>();
    private int count;
    private int substitutions;

    HoconIncludes(SourceText root, List<String> warnings) {
        this.files.add(root.file());
        this.warnings = warnings;
    }

    /// Every file read so far, as named in places.
    Set<String> files() {
        return files;
    }

    /// What was included and found no file.
    List<String> missing() {
        return missing;
    }

    /// Parses a text; its includes come back here.
    Config parse(SourceText source) {
        countSubstitutions(source);
        open.push(source);
        try {
            return ConfigFactory.parseString(
                    source.text(),
                    ConfigParseOptions.defaults()
                            .setSyntax(ConfigSyntax.CONF)
                            .setOriginDescription(source.file())
                            .setIncluder(this));
        } finally {
            open.pop();
        }
    }

    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
        return this;
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
        Path beside = path(open.element().file(), what).resolveSibling(path(what, what));
        return included(context, beside, what);
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File what) {
        return included(context, path(what.getPath(), what.getPath()), what.getPath());
    }

    @Override
    public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
        throw refused(what.toString(), "is not read from the network, must be a file");
    }

    @Override
    public ConfigObject includeResources(ConfigIncludeContext context, String what) {
        throw refused(what, "is not read from the class path, must be a file");
    }

    private void countSubstitutions(SourceText source) {
        Matcher matcher = SUBSTITUTION.matcher(source.text());
        while (matcher.find()) {
            substitutions++;
            if (substitutions > MAX_SUBSTITUTIONS) {
                int line =
                        1
                                + (int)
                                        source.text()
                                                .substring(0, matcher.start())
                                                .chars()
                                                .filter(c -> c == '\n')
                                                .count();
                String message =
                        "has more than " + MAX_SUBSTITUTIONS + " substitutions, the most allowed";
                throw new Refused(new Unreadable(source.file(), line, message, null));
            }
        }
    }

    private ConfigObject included(ConfigIncludeContext context, Path path, String what) {
        count++;
        if (count > MAX_FILES) {
            throw refused(
                    what, "is one too many, at most " + MAX_FILES + " are followed (a circle?)");
        }
        List<Path> candidates = candidates(path);
        Config config = ConfigFactory.empty();
        for (Path candidate : candidates) {
            config = config.withFallback(read(candidate));
        }
        if (candidates.isEmpty() && !context.parseOptions().getAllowMissing()) {
            throw refused(what, "does not exist");
        }
        if (candidates.isEmpty()) {
            missing.add(what);
            warnings.add(
                    open.element().at(line(what))
                            + ": include \""
                            + Quoted.plain(what)
                            + "\": does not exist, nothing is included");
        }
        return config.root();
    }

    private static List<Path> candidates(Path path) {
        String name = String.valueOf(path.getFileName());
        if (name.endsWith(".conf") || name.endsWith(".json")) {
            return Files.isRegularFile(path) ? List.of(path) : List.of();
        }
        return List.of(path.resolveSibling(name + ".conf"), path.resolveSibling(name + ".json"))
                .stream()
                .filter(Files::isRegularFile)
                .toList();
    }

    private Config read(Path path) {
        try {
            SourceText source = SourceText.read(path);
            Nesting.check(source);
            files.add(source.file());
            return parse(source);
        } catch (Unreadable e) {
            throw new Refused(e);
        }
    }

    private Path path(String text, String what) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw refused(what, "is not the name of a file");
        }
    }

    private Refused refused(String what, String message) {
        String text = "include \"" + Quoted.plain(what) + "\": " + message;
        return new Refused(new Unreadable(open.element().file(), line(what), text, null));
    }

    /// The parser does not tell the line of an include, so it is looked up.
    private int line(String what) {
        String[] lines = open.element().text().split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            if (lines[i].contains("include") && lines[i].contains(what)) {
                return i + 1;
            }
        }
        return 0;
    }

    /// Carries [Unreadable] through the parser, which knows only unchecked exceptions.
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final Unreadable reason;

        Refused(Unreadable reason) {
            super(reason.getMessage(), reason);
            this.reason = reason;
        }

        Unreadable reason() {
            return reason;
        }
    }
}
