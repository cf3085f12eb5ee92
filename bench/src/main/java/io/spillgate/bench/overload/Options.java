package io.spillgate.bench.overload;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What the comparison was asked for; `bench/overload` checks and completes it.
///
/// @param points offered load, in multiples of the capacity
/// @param modes what is compared
/// @param streams event streams of the second table; 0 = no second table
/// @param events events a second, each to all streams
/// @param seconds of each reading
/// @param calm seconds at half the capacity before each reading
/// @param deadline later than this after its scheduled time, an answer is worth nothing
/// @param connections of the load
/// @param chunks of the answer that makes a request dear
/// @param maxconn of HAProxy
/// @param queueMillis `timeout queue` of HAProxy
/// @param gatewayCore core of the gateway, and of HAProxy
/// @param peers the folder of the peers' configurations
/// @param work a folder for files that nobody needs afterwards
record Options(
        List<Double> points,
        List<Mode> modes,
        int streams,
        int events,
        int seconds,
        int calm,
        Duration deadline,
        int connections,
        int chunks,
        int maxconn,
        int queueMillis,
        int gatewayCore,
        Path peers,
        Path work) {

    Options {
        points = List.copyOf(points);
        modes = List.copyOf(modes);
    }

    /// Reads `--name value` pairs; every name of the record has to be there.
    static Options of(String[] arguments) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            values.put(arguments[i].replaceFirst("^--", ""), arguments[i + 1]);
        }
        return new Options(
                list(values, "points").stream().map(Double::valueOf).toList(),
                list(values, "modes").stream()
                        .map(mode -> Mode.valueOf(mode.toUpperCase(Locale.ROOT)))
                        .toList(),
                number(values, "streams"),
                number(values, "events"),
                number(values, "seconds"),
                number(values, "calm"),
                Duration.ofMillis(number(values, "deadline")),
                number(values, "connections"),
                number(values, "chunks"),
                number(values, "maxconn"),
                number(values, "queue-timeout"),
                number(values, "gateway-core"),
                Path.of(text(values, "peers")),
                Path.of(text(values, "work")));
    }

    private static List<String> list(Map<String, String> values, String name) {
        return Arrays.asList(text(values, name).split(",", -1));
    }

    private static int number(Map<String, String> values, String name) {
        return Integer.parseInt(text(values, name));
    }

    private static String text(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("--" + name + " is missing");
        }
        return value;
    }
}
