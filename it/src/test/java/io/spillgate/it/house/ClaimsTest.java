package io.spillgate.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

final class ClaimsTest {
    @Test
    void theCoreAssertsWhatItClaims() {
        List<String> problems =
                Claims.sources().stream()
                        .flatMap(file ->
                                Claims.problems(Claims.name(file), Project.text(file)).stream())
                        .toList();
        assertThat(problems).isEmpty();
    }

    @Test
    void theCoreIsReallyRead() {
        assertThat(Claims.sources()).extracting(Claims::name).contains("hub/Shard.java");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/// A queue. Confined to its loop.\nfinal class A {}\n",
                "/// A queue. Guarded\n/// by the lock.\nfinal class A {}\n",
                "/// A queue. Confined to its loop, as [Event] asserts.\nfinal class A {}\n",
            })
    void seesAClaimWithNothingBehindIt(String text) {
        assertThat(Claims.problems("hub/A.java", text)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/// A queue. Confined to its loop.\n"
                        + "class A {\n"
                        + "    void a() {\n"
                        + "        assert b;\n",
                "/// A queue. Confined to its loop, as\n/// [Shard] asserts.\nfinal class A {}\n",
                "/// A queue. Not thread safe.\nfinal class A {}\n",
            })
    void takesAClaimThatIsAsserted(String text) {
        assertThat(Claims.problems("hub/A.java", text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"long now = System.nanoTime();", "this(System::nanoTime);"})
    void seesALookAtTheClock(String line) {
        assertThat(Claims.problems("hub/A.java", line))
                .containsExactly("hub/A.java looks at the system's clock");
        assertThat(Claims.problems("net/Loops.java", line)).isEmpty();
    }
}
