package io.spillgate.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.house.Arrows.Arrow;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

final class KnotsTest {
    private static final Path CORE = Project.root().resolve("core/target/classes");
    private static final int LARGEST = 5;

    @Test
    void noPackageHasALargeKnot() {
        Map<String, Set<String>> knots = Knots.largest(Arrows.within(CORE));
        assertThat(knots).isNotEmpty();
        knots.forEach((room, knot) ->
                assertThat(knot)
                        .as("classes of %s that all know each other", room)
                        .hasSizeBetween(2, LARGEST));
    }

    @Test
    void findsWhoKnowsEachOtherByWayOfOthers() {
        List<Arrow> arrows =
                List.of(
                        arrow("a.A", "a.B"),
                        arrow("a.B$Inner", "a.C"),
                        arrow("a.C", "a.A"),
                        arrow("a.C", "a.D"),
                        arrow("a.D", "b.E"),
                        arrow("b.E", "a.D"),
                        arrow("b.E", "b.F"),
                        arrow("b.F", "b.E"));
        assertThat(Knots.largest(arrows))
                .containsOnly(
                        Map.entry("a", Set.of("a.A", "a.B", "a.C")),
                        Map.entry("b", Set.of("b.E", "b.F")));
    }

    @Test
    void aRowOfClassesIsNoKnot() {
        assertThat(Knots.largest(List.of(arrow("a.A", "a.B"), arrow("a.B", "a.C")))).isEmpty();
    }

    private static Arrow arrow(String user, String used) {
        return new Arrow(user, used);
    }
}
