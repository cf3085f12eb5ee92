package io.spillgate.app.config;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// Names as they compare: case, `-` and `_` make no difference.
final class Relaxed {
    /// Longer names are cut before they are compared; no key is that long.
    private static final int LONGEST = 200;

    private Relaxed() {}

    /// The form in which two names are equal when they mean the same key.
    static String name(String written) {
        StringBuilder out = new StringBuilder(written.length());
        for (int i = 0; i < written.length(); i++) {
            char c = written.charAt(i);
            if (c != '-' && c != '_') {
                out.append(c);
            }
        }
        return out.toString().toLowerCase(Locale.ROOT);
    }

    /// The candidate whose relaxed name takes the fewest edits to become that of `written`; the
    /// first of equals.
    static <T> T nearest(String written, List<T> candidates, Function<T, String> relaxedName) {
        String wanted = name(written);
        T best = candidates.getFirst();
        int least = Integer.MAX_VALUE;
        for (T candidate : candidates) {
            int edits = edits(wanted, relaxedName.apply(candidate));
            if (edits < least) {
                least = edits;
                best = candidate;
            }
        }
        return best;
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
