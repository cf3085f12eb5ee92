package io.spillgate.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

final class SizeTest {
    @Test
    void noFileIsTooLongAndNoMethodTooLongOrTooDeep() {
        List<String> problems = new ArrayList<>();
        for (Path file : Project.javaFiles()) {
            problems.addAll(Size.problems(Project.name(file), Project.text(file)));
        }
        assertThat(problems).isEmpty();
    }

    @Test
    void seesAFileOfOneLineTooMany() {
        String fits = "final class A {}\n" + "\n".repeat(399);
        assertThat(Size.problems("A.java", fits)).isEmpty();
        assertThat(Size.problems("A.java", fits + "\n"))
                .containsExactly("A.java has 401 lines, at most 400");
    }

    @Test
    void seesAMethodOfOneLineTooMany() {
        assertThat(Size.problems("A.java", methodOf(58))).isEmpty();
        assertThat(Size.problems("A.java", methodOf(59)))
                .containsExactly("A.java:2: a has 61 lines, at most 60");
    }

    @Test
    void seesAFourthLevel() {
        String three = "class A { void a() { if (x) { for (;;) { while (y) { b(); } } } } }";
        String four = three.replace("b();", "try { b(); } finally { c(); }");
        assertThat(Size.problems("A.java", three)).isEmpty();
        assertThat(Size.problems("A.java", four))
                .containsExactly("A.java:1: a nests 4 deep, at most 3");
    }

    @Test
    void anElseIfIsNotALevel() {
        String chain = "class A { void a() { if (x) b(); else if (y) b(); else if (z) b(); } }";
        assertThat(Size.problems("A.java", chain.replace("else", "else if (w) b(); else")))
                .isEmpty();
    }

    private static String methodOf(int statements) {
        return "class A {\n    void a() {\n" + "        b();\n".repeat(statements) + "    }\n}\n";
    }
}
