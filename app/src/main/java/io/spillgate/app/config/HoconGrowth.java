package io.spillgate.app.config;

import com.typesafe.config.ConfigException.BadPath;
import com.typesafe.config.ConfigException.NotResolved;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Estimates how much text the substitutions of a HOCON file unfold to, before they are unfolded.
///
/// Thirty lines `a2 = ${a1}${a1}` are a gigabyte. The estimate of a value is its own length plus
/// the estimates of all it refers to. Where a value is built from its own former versions (`path =
/// ${path}":x"`) they cannot be told apart here, so every reference in it is taken to multiply: by
/// the cube root of 3, the most that references can yield each.
final class HoconGrowth {
    /// Characters that all values together may unfold to.
    static final long MAX_CHARACTERS = 16L * 1024 * 1024;

    private static final double GROWTH_PER_REFERENCE = Math.cbrt(3);
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{\\??([^}]*)}");

    private final NavigableMap<String, String> texts = new TreeMap<>();
    private final Map<String, Double> estimates = new HashMap<>();

    /// Paths being estimated, with their position in the chain.
    private final Map<String, Integer> open = new HashMap<>();

    /// The first of them that was met again since; `MAX_VALUE` = none.
    private int outermost = Integer.MAX_VALUE;

    private HoconGrowth() {}

    static void check(ConfigObject root, String file) throws Unreadable {
        HoconGrowth growth = new HoconGrowth();
        growth.collect(root, new ArrayList<>());
        double sum = 0;
        for (String path : growth.texts.keySet()) {
            sum += growth.estimate(path);
        }
        if (sum > MAX_CHARACTERS) {
            throw new Unreadable(
                    file,
                    0,
                    "has substitutions that may unfold to more than "
                            + MAX_CHARACTERS
                            + " characters, the most allowed",
                    null);
        }
    }

    private void collect(ConfigValue value, List<String> path) {
        if (!(value instanceof ConfigObject object)) {
            text(value, path);
            return;
        }
        try {
            for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
                path.add(entry.getKey());
                collect(entry.getValue(), path);
                path.removeLast();
            }
        } catch (NotResolved e) {
            text(value, path); // an object that is merged from a substitution shows no entries yet
        }
    }

    private void text(ConfigValue value, List<String> path) {
        texts.put(ConfigUtil.joinPath(path), value.render(ConfigRenderOptions.concise()));
    }

    /// Characters that a path stands for: the value itself, all below it, or what holds it.
    private double estimate(String path) {
        Double known = estimates.get(path);
        if (known != null) {
            return known;
        }
        Integer depth = open.get(path);
        if (depth != null) {
            outermost = Math.min(outermost, depth);
            return 0;
        }
        int own = open.size();
        int before = outermost;
        outermost = Integer.MAX_VALUE;
        open.put(path, own);
        double sum = sum(path, own);
        open.remove(path);
        estimates.put(path, sum);
        outermost = Math.min(before, outermost < own ? outermost : Integer.MAX_VALUE);
        return sum;
    }

    private double sum(String path, int own) {
        double sum = 0;
        int references = 0;
        for (String text : texts(path)) {
            sum += text.length();
            for (Matcher matcher = REFERENCE.matcher(text); matcher.find(); references++) {
                sum += estimate(matcher.group(1));
            }
        }
        boolean circular = outermost <= own;
        return circular ? sum * Math.pow(GROWTH_PER_REFERENCE, references) : sum;
    }

    private List<String> texts(String path) {
        List<String> found = new ArrayList<>(texts.subMap(path + ".", path + "/").values());
        for (String holder = path; !holder.isEmpty(); holder = parent(holder)) {
            String text = texts.get(holder);
            if (text != null) {
                found.add(text);
            }
        }
        return found;
    }

    private static String parent(String path) {
        try {
            List<String> names = ConfigUtil.splitPath(path);
            return names.size() == 1 ? "" : ConfigUtil.joinPath(names.subList(0, names.size() - 1));
        } catch (BadPath e) {
            return ""; // what only looked like a reference, inside a string
        }
    }
}
