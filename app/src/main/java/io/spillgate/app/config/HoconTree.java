package io.spillgate.app.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// HOCON, and with it JSON, as a tree.
///
/// Substitutions look into the file first, then into the environment; `${pekko.http.version}` is
/// our own version. The word `undefined` is a null.
final class HoconTree {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    private static final String VERSION_PATH = "pekko.http.version";
    private static final Config VERSION =
            ConfigValueFactory.fromAnyRef(Build.version(), "the version of this build")
                    .atPath(VERSION_PATH);

    private final SourceText source;
    private final HoconIncludes includes;
    private final TreeLimits limits;

    private HoconTree(SourceText source, List<String> warnings) {
        this.source = source;
        this.includes = new HoconIncludes(source, warnings);
        this.limits = new TreeLimits(source.file());
    }

    /// Reads a document with all that it includes.
    ///
    /// @param environment what `${NAME}` finds when the file has no such path
    /// @param warnings gets a line for each file that an `include` did not find
    static Node.Table read(
            SourceText source, Map<String, String> environment, List<String> warnings)
            throws Unreadable {
        Nesting.check(source);
        try {
            return new HoconTree(source, warnings).document(environment);
        } catch (HoconIncludes.Refused e) {
            throw e.reason();
        } catch (com.typesafe.config.ConfigException e) {
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
                withoutVersion(
                        parsed.withFallback(variables)
                                .withFallback(VERSION)
                                .resolve(ConfigResolveOptions.noSystem()));
        List<Node.Member> members = new ArrayList<>();
        for (Map.Entry<String, ConfigValue> entry : resolved.entrySet()) {
            if (parsed.root().containsKey(entry.getKey())) {
                members.add(member(entry, source.at(0), 0));
            }
        }
        members.sort(Comparator.comparingInt(HoconTree::line));
        return new Node.Table(source.at(0), members);
    }

    /// What the file itself has not set must not look as if it had.
    private static ConfigObject withoutVersion(Config resolved) {
        boolean ours =
                resolved.hasPath(VERSION_PATH)
                        && resolved.getValue(VERSION_PATH)
                                .origin()
                                .description()
                                .equals(VERSION.getValue(VERSION_PATH).origin().description());
        return (ours ? resolved.withoutPath(VERSION_PATH) : resolved).root();
    }

    private Node.Member member(Map.Entry<String, ConfigValue> entry, Place around, int depth)
            throws Unreadable {
        Node value = node(entry.getValue(), around, depth + 1);
        return new Node.Member(entry.getKey(), value.place(), value);
    }

    private Node node(ConfigValue value, Place around, int depth) throws Unreadable {
        Place place = place(value.origin(), around);
        limits.count(place instanceof Place.InFile(String _, int line) ? line : 0, depth);
        return switch (value) {
            case ConfigObject object -> {
                List<Node.Member> members = new ArrayList<>();
                for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
                    members.add(member(entry, place, depth));
                }
                members.sort(Comparator.comparingInt(HoconTree::line));
                yield new Node.Table(place, members);
            }
            case ConfigList list -> {
                List<Node> items = new ArrayList<>();
                for (ConfigValue item : list) {
                    items.add(node(item, place, depth + 1));
                }
                yield new Node.Sequence(place, items);
            }
            default -> scalar(value, place);
        };
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

    private static Unreadable malformed(SourceText source, com.typesafe.config.ConfigException e) {
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
