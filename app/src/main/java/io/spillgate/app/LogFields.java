package io.spillgate.app;

import ch.qos.logback.classic.spi.ILoggingEvent;

import org.slf4j.event.KeyValuePair;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a log event says, by name: the pairs that it was given, and what its message has in the
/// form `name=value` or `name="value"`, as in `drain_begun streams={} timeout={}`. A message that
/// begins with such a word with `_` in it names its `event`.
final class LogFields {
    private static final String PLACE = "{}";
    private static final Pattern NAME = Pattern.compile("[a-z]+(?:_[a-z0-9]+)+(?=[ :]|$)");
    private static final Pattern FIELD =
            Pattern.compile(
                    "(?<![^ ])([a-z][a-z0-9_]*)=(?:\"([^\"]*)\"|([^ \"]*?)(?=[:;,]?(?: |$)))");

    private final String message;
    private final List<Object> arguments;
    private final Map<String, Object> fields = new LinkedHashMap<>();

    private LogFields(ILoggingEvent event) {
        Object[] given = event.getArgumentArray();
        message = event.getMessage();
        arguments = new ArrayList<>();
        if (given != null) {
            for (Object argument : given) {
                arguments.add(String.valueOf(argument).equals("null") ? "null" : argument);
            }
        }
    }

    /// In the order in which they are said; numbers and truth values as they are, all else as text.
    static Map<String, Object> of(ILoggingEvent event) {
        LogFields found = new LogFields(event);
        found.readMessage();
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            pairs.forEach(pair -> found.put(pair.key, pair.value));
        }
        return found.fields;
    }

    private void readMessage() {
        Matcher name = NAME.matcher(message);
        if (name.lookingAt()) {
            fields.put("event", name.group());
        }
        Matcher field = FIELD.matcher(message);
        while (field.find()) {
            int group = field.group(2) == null ? 3 : 2;
            int before = places(message.substring(0, field.start(group)));
            put(field.group(1), filled(field.group(group), before));
        }
    }

    /// A value with its arguments.
    ///
    /// @param first the index of the first one
    private Object filled(String value, int first) {
        if (value.equals(PLACE) && first < arguments.size()) {
            return arguments.get(first);
        }
        String text = value;
        for (int next = first; text.contains(PLACE) && next < arguments.size(); next++) {
            text = text.replaceFirst("\\{}", Matcher.quoteReplacement("" + arguments.get(next)));
        }
        return text;
    }

    private void put(String name, Object value) {
        boolean bare =
                value instanceof Integer || value instanceof Long || value instanceof Boolean;
        fields.put(name, bare ? value : String.valueOf(value));
    }

    private static int places(String text) {
        int count = 0;
        for (int at = text.indexOf(PLACE); at >= 0; at = text.indexOf(PLACE, at + 2)) {
            count++;
        }
        return count;
    }
}
