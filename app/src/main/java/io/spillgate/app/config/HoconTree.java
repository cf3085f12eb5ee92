package io.spillgate.app.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigException.NotResolved;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;

import io.spillgate.config.Build;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// HOCON, and with it JSON, as a tree.
///
/// Substitutions look into the file first, then into the environment; `${pekko.http.version}` and
/// `${akka.http.version}` are our own version. The word `undefined` is a null.
final class HoconTree {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{\\??([^}]*)}");
    private static final String VERSION_ORIGIN = "the version of this build";
    private static final Config VERSIONS = version("pekko").withFallback(version("akka"));

    private final SourceText source;
    private final HoconIncludes includes;
    private final TreeLimits limits;
    private final Unresolved unresolved = new Unresolved();

    private HoconTree(SourceText source, List<String> warnings) {
        this.source = source;
        this.includes = new HoconIncludes(source, warnings);
        this.limits = new TreeLimits(source.file());
    }

    /// Reads a document with all that it includes. What refers to something that no file has is
    /// told if it is in a table of ours.
    ///
    /// @param environment what `${NAME}` finds when the file has no such path
    /// @param ours takes the tables that are ours out of the tree
    /// @param warnings gets a line for each file that an `include` did not find
    static Node.Table read(
            SourceText source,
            Map<String, String> environment,
            UnaryOperator<Node.Table> ours,
            Problems problems,
            List<String> warnings)
            throws Unreadable {
        Nesting.check(source);
        try {
            HoconTree tree = new HoconTree(source, warnings);
            Node.Table tables = ours.apply(tree.document(environment));
            tree.unresolved.report(tables, tree.includes.missing(), problems);
            return tables;
        } catch (HoconIncludes.Refused e) {
            throw e.reason();
        } catch (ConfigException e) {
            throw malformed(source, e);
        } catch (StackOverflowError e) {
            throw TreeLimits.tooDeep(source.file(), 0);
        }
    }

    private Node.Table document(Map<String, String> environment) throws Unreadable {
        Config parsed = includes.parse(source);
        HoconGrowth.check(parsed.root(), source.file());
        ConfigObject variables = ConfigValueFactory.fromMap(environment, "environment");
        ConfigObject resolved =
                parsed.withFallback(variables)
                        .withFallback(VERSIONS)
                        .resolve(ConfigResolveOptions.noSystem().setAllowUnresolved(true))
                        .root();
        List<Node.Member> members = new ArrayList<>();
        for (Map.Entry<String, ConfigValue> entry : resolved.entrySet()) {
            if (parsed.root().containsKey(entry.getKey())) {
                members.add(member(entry, source.at(0), 0));
            }
        }
        members.sort(Comparator.comparingInt(HoconTree::line));
        return new Node.Table(source.at(0), members);
    }

    private static Config version(String library) {
        return ConfigValueFactory.fromAnyRef(Build.version(), VERSION_ORIGIN)
                .atPath(library + ".http.version");
    }

    private Node.Member member(Map.Entry<String, ConfigValue> entry, Place around, int depth)
            throws Unreadable {
        Node value = node(entry.getValue(), around, depth + 1);
        return new Node.Member(entry.getKey(), value.place(), value);
    }

    private Node node(ConfigValue value, Place around, int depth) throws Unreadable {
        Place place = place(value.origin(), around);
        limits.count(place instanceof Place.InFile(String _, int line) ? line : 0, depth);
        try {
            return switch (value) {
                case ConfigObject object -> table(object, place, depth);
                case ConfigList list -> {
                    List<Node> items = new ArrayList<>();
                    for (ConfigValue item : list) {
                        item.valueType(); // one that is not resolved makes the list so
                        items.add(node(item, place, depth + 1));
                    }
                    yield new Node.Sequence(place, items);
                }
                default -> scalar(value, place);
            };
        } catch (NotResolved e) {
            Node nothing = new Node.Nothing(place);
            Matcher reference = REFERENCE.matcher(value.render(ConfigRenderOptions.concise()));
            unresolved.add(nothing, reference.find() ? reference.group(1) : "");
            return nothing;
        }
    }

    private Node.Table table(ConfigObject object, Place place, int depth) throws Unreadable {
        List<Node.Member> members = new ArrayList<>();
        for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            // What no file has set must not look as if it had.
            if (!entry.getValue().origin().description().equals(VERSION_ORIGIN)) {
                members.add(member(entry, place, depth));
            }
        }
        members.sort(Comparator.comparingInt(HoconTree::line));
        return new Node.Table(place, members);
    }

    private static Node scalar(ConfigValue value, Place place) {
        if (value.valueType() == ConfigValueType.NULL) {
            return new Node.Nothing(place);
        }
        String text = value.atKey("value").getString("value");
        return text.equals("undefined") ? new Node.Nothing(place) : new Node.Scalar(place, text);
    }

    private Place place(ConfigOrigin origin, Place around) {
        String file = origin.withLineNumber(-1).description();
        if (includes.files().contains(file) && origin.lineNumber() > 0) {
            return new Place.InFile(file, origin.lineNumber());
        }
        return mergedPlace(origin.description()).orElse(around);
    }

    /// A value that is put together from several has no line, but all their places in its
    /// description: `merge of a.conf: 3,environment`.
    private Optional<Place> mergedPlace(String description) {
        for (String file : includes.files()) {
            int at = description.indexOf(file + ": ");
            Matcher line = NUMBER.matcher(description);
            if (at >= 0 && line.find(at + file.length())) {
                return Optional.of(new Place.InFile(file, Integer.parseInt(line.group())));
            }
        }
        return Optional.empty();
    }

    private static int line(Node.Member member) {
        return member.place() instanceof Place.InFile(String _, int line) ? line : 0;
    }

    private static Unreadable malformed(SourceText source, ConfigException e) {
        ConfigOrigin origin = e.origin();
        String message = String.valueOf(e.getMessage());
        if (origin == null) {
            return new Unreadable(source.file(), 0, "not HOCON: " + Quoted.line(message), e);
        }
        String prefix = origin.description() + ": ";
        return new Unreadable(
                origin.withLineNumber(-1).description(),
                Math.max(0, origin.lineNumber()),
                "not HOCON: "
                        + Quoted.line(
                                message.startsWith(prefix)
                                        ? message.substring(prefix.length())
                                        : message),
                e);
    }
}
