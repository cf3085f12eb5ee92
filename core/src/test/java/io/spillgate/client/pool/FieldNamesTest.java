package io.spillgate.client.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;

/// Common names are found as they are written, and nothing is taken for one that is not.
final class FieldNamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"Content-Type", "content-length", "Date", "ETag", "x-frame-options"})
    void isTheSameObjectForEveryAnswer(String name) {
        Object found = find(name);
        assertThat(found).isNotNull().hasToString(name).isSameAs(find(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "X", "CONTENT-TYPE", "Content-Typo", "Content-Types", "Dote"})
    void isNothingForAnyOtherName(String name) {
        assertThat(find(name)).isNull();
    }

    @Test
    void looksOnlyAtItsPartOfTheLine() {
        byte[] line = "xxDate: x".getBytes(StandardCharsets.ISO_8859_1);
        assertThat((Object) FieldNames.common(line, 2, 4)).hasToString("Date");
        assertThat((Object) FieldNames.common(line, 1, 4)).isNull();
    }

    private static @Nullable Object find(String name) {
        byte[] line = name.getBytes(StandardCharsets.ISO_8859_1);
        return FieldNames.common(line, 0, line.length);
    }
}
