package io.spillgate.routing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// One form for all spellings of a path.
final class NormalPathTest {
    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/a/b, /a/b",
        "/a/b/, /a/b/",
        "//, /",
        "//a///b//, /a/b/",
        "/a/./b, /a/b",
        "/a/., /a/",
        "/a/.., /",
        "/a/b/.., /a/",
        "/a/b/../c, /a/c",
        "/a/../.., ",
        "/.., ",
        "/.a/..b/c., /.a/..b/c.",
        "/%41%7e%2d%5f%2E, /A~-_.",
        "/%2e%2e/a, ",
        "/a/%2e%2E/b, /b",
        "/a%2fb, /a%2Fb",
        "/%2f%2F, /%2F%2F",
        "/%25%32%65, /%252e",
        "/%c3%A9, /%C3%A9",
        "/%, /%",
        "/%4, /%4",
        "/%zz%41, /%zzA",
        "/a|b\\c, /a|b\\c",
        "*, *"
    })
    void hasAllSpellingsOfAPath(String path, String normal) {
        assertThat(NormalPath.of(path)).isEqualTo(normal);
    }

    @Test
    void costsNothingWhereThePathHasTheFormAlready() {
        String path = "/a/b.c/d";
        assertThat(NormalPath.of(path)).isSameAs(path);
    }
}
