package io.spillgate.app.config;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What was probably meant by a name that is no key.
final class Nearest {
    /// Longer names are cut before they are compared; no key is that long.
    private static final int LONGEST = 200;

    /// Letters that two names must have in common to say something.
    private static final int SHORTEST_PART = 3;

    private Nearest() {}

    /// What is said of such a name.
    ///
    /// @param nearest the key that was perhaps meant
    static String notAKey(Optional<String> nearest) {
        return "is not a key" + nearest.map(name -> ", the nearest is " + name).orElse("");
    }

    /// The candidate whose relaxed path takes the fewest edits to become that of `written`; the
    /// first of equals, and none when all are too far away to be meant.
    static <T> Optional<T> of(String written, List<T> candidates, Function<T, String> relaxed) {
        String wanted = Relaxed.name(written);
        return of(candidates, relaxed, _ -> wanted);
    }

    /// @param relaxed the path of a candidate
    /// @param written the path that a candidate is compared with, relaxed
    static <T> Optional<T> of(
            List<T> candidates, Function<T, String> relaxed, Function<T, String> written) {
        Optional<T> best = Optional.empty();
        int least = Integer.MAX_VALUE;
        for (T candidate : candidates) {
            String wanted = written.apply(candidate);
            String path = relaxed.apply(candidate);
            int edits = edits(wanted, path);
            if (edits < least && isNear(wanted, path)) {
                least = edits;
                best = Optional.of(candidate);
            }
        }
        return best;
    }

    /// A key may have a third of its letters wrong, or be part of the other one; its table has to
    /// be almost the same, or one around that of a key with the same name.
    private static boolean isNear(String wanted, String path) {
        String key = own(wanted);
        String other = own(path);
        boolean alike =
                edits(key, other) <= 2 * key.length() / 3
                        || isPart(key, other)
                        || isPart(other, key);
        String table = table(wanted);
        String around = table(path);
        boolean inside = key.equals(other) && around.startsWith(table + ".");
        return alike
                && (table.isEmpty()
                        || inside
                        || edits(table, around) <= Math.max(2, table.length() / 3));
    }

    private static boolean isPart(String part, String whole) {
        return part.length() >= SHORTEST_PART && whole.contains(part);
    }

    private static String own(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /// A path without its last name.
    static String table(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('.')));
    }

    /// Levenshtein distance, row by row; a missing character counts 1, a wrong one or one too many
    /// 2, because people shorten names more often than they lengthen them.
    private static int edits(String left, String right) {
        String a = left.substring(0, Math.min(LONGEST, left.length()));
        int[] row = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = 2 * i;
            for (int j = 1; j <= right.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == right.charAt(j - 1) ? 0 : 2);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j] + 2, row[j - 1] + 1));
            }
        }
        return row[right.length()];
    }
}
