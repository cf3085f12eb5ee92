package io.spillgate.app.config;

import java.util.ArrayList;
import java.util.List;

/// The lines of a TOML document that say something, and where they were.
///
/// Lines that are blank or only a comment are left out, unless they are inside a string of several
/// lines: the parser's time grows with the cube of how many follow each other (two thousand take
/// half a minute).
final class TomlLines {
    private final StringBuilder text = new StringBuilder();
    private final List<Integer> numbers = new ArrayList<>();
    private String open = "";

    /// @param document any text
    TomlLines(String document) {
        int number = 0;
        for (String line : document.split("\n", -1)) {
            number++;
            if (open.isEmpty() && isSilent(line)) {
                continue;
            }
            scan(line);
            text.append(line).append('\n');
            numbers.add(number);
        }
        numbers.add(number);
    }

    /// What is left.
    String text() {
        return text.toString();
    }

    /// Where a line of [#text] is in the document; both count from 1.
    int number(int line) {
        return numbers.get(Math.clamp(line - 1, 0, numbers.size() - 1));
    }

    private static boolean isSilent(String line) {
        String stripped = line.strip();
        return stripped.isEmpty() || stripped.startsWith("#");
    }

    /// Follows the strings of a line: [#open] is then the mark that ends one which goes on in the
    /// next line.
    private void scan(String line) {
        int at = 0;
        while (at < line.length()) {
            if (!open.isEmpty()) {
                at = afterString(line, at);
                continue;
            }
            char c = line.charAt(at);
            if (c == '#') {
                return;
            }
            if (c == '"' || c == '\'') {
                String triple = String.valueOf(c).repeat(3);
                open = line.startsWith(triple, at) ? triple : String.valueOf(c);
                at += open.length();
            } else {
                at++;
            }
        }
        if (open.length() == 1) {
            open = "";
        }
    }

    /// The index behind the open string's end in this line; the line's length when it does not end
    /// there.
    private int afterString(String line, int from) {
        char quote = open.charAt(0);
        for (int at = from; at < line.length(); at++) {
            char c = line.charAt(at);
            if (c == '\\' && quote == '"') {
                at++;
            } else if (line.startsWith(open, at)) {
                int end = at + open.length();
                boolean several = open.length() == 3;
                while (several && end < line.length() && line.charAt(end) == quote) {
                    end++; // one or two quotes may stand before the end mark
                }
                open = "";
                return end;
            }
        }
        return line.length();
    }
}
