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
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Follows `include`: files beside the including one, a bounded number of them, nothing from
/// elsewhere.
///
/// `include "name"` is taken relative to the file it stands in, with `.conf` and `.json` added when
/// it has no ending; `include file("name")` relative to the working directory. A file that is not
/// there gives a warning, or an error with `required(...)`.
final class HoconIncludes
        implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
    /// Files read for one configuration.
    static final int MAX_FILES = 100;

    private final Deque<SourceText> open = new ArrayDeque<>();
    private final Set<String> files = new HashSet<>();
    private final List<String> warnings;
    private int count;

    HoconIncludes(SourceText root, List<String> warnings) {
        this.files.add(root.file());
        this.warnings = warnings;
    }

    /// Every file read so far, as named in places.
    Set<String> files() {
        return files;
    }

    /// Parses a text; its includes come back here.
    Config parse(SourceText source) {
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

    private ConfigObject included(ConfigIncludeContext context, Path path, String what) {
        List<Path> candidates = candidates(path);
        Config config = ConfigFactory.empty();
        for (Path candidate : candidates) {
            config = config.withFallback(read(candidate, what));
        }
        if (candidates.isEmpty() && !context.parseOptions().getAllowMissing()) {
            throw refused(what, "does not exist");
        }
        if (candidates.isEmpty()) {
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

    private Config read(Path path, String what) {
        count++;
        if (count > MAX_FILES) {
            throw refused(
                    what,
                    "is one file too many, at most " + MAX_FILES + " are included (a circle?)");
        }
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
