package io.spillgate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/// The program in `docs/library.md` compiles without a warning and does what it says.
@Timeout(120)
class LibraryProgramTest {
    @Test
    void theProgramPublishesSubscribesAndShutsDown(@TempDir Path folder) throws Exception {
        Path document = Path.of("../docs/library.md");
        assertThat(DocumentedProgram.run(document, "Embedded", folder))
                .isEqualTo(
                        """
                        hello
                        demo message before
                        demo tick after
                        duplicate true
                        demo tick after
                        ended SHUTDOWN
                        """);
    }
}
