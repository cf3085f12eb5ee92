package io.spillgate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Configuration files and signals of a running `serve`.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@DisabledOnOs(OS.WINDOWS)
final class OperatorTest {
    private static final String GOOD =
            """
            [http]
            bind_address = "127.0.0.1:0"
            [admin]
            bind_address = "127.0.0.1:0"
            [[routes]]
            path = "/page"
            reply = { body = "%s" }
            """;

    @TempDir private Path folder = Path.of("");

    @Test
    void namesEveryProblemOfItsFileAndEndsWithStatusTwo() throws Exception {
        Path file = file("[http]\nmax_conections = 5\nmax_headers = -1\n[nonsense]\n");
        try (Program serve = serve(file)) {
            assertThat(serve.exitStatus()).isEqualTo(2);
            assertThat(serve.out().untilItsEnd()).isEmpty();
            List<String> problems = serve.err().untilItsEnd();
            assertThat(problems).hasSize(3);
            assertThat(problems.getFirst())
                    .startsWith(file + ":2: ")
                    .contains("max_conections", "max_connections");
            assertThat(problems.get(1)).startsWith(file + ":3: ").contains("max_headers");
            assertThat(problems.getLast()).startsWith(file + ":4: ").contains("nonsense");
        }
    }

    @Test
    void keepsWhatItHasWhenTheFileIsBadAtSighup() throws Exception {
        Path file = file(GOOD.formatted("one"));
        try (Program serve = serve(file)) {
            assertThat(page(serve)).isEqualTo("one");
            file(GOOD.formatted("two") + "no_such_key = 1\n");
            serve.signal("HUP");
            assertThat(serve.err().lineWith("not reloaded"))
                    .contains(file + ":8: ")
                    .contains("no_such_key");
            assertThat(page(serve)).isEqualTo("one");
        }
    }

    @Test
    void cutsNoStreamWhenItReadsTheFileAgain() throws Exception {
        Path file = file(GOOD.formatted("one"));
        try (Program serve = serve(file);
                EventStream stream = serve.subscribe("demo")) {
            file(GOOD.formatted("two") + "[hub]\nhistory_size = 5\n");
            serve.signal("HUP");
            serve.err().lineWith("configuration reloaded");
            assertThat(page(serve)).isEqualTo("two");
            serve.publish("demo", "after");
            assertThat(stream.event().data()).isEqualTo("after");
        }
    }

    private static Program serve(Path file) {
        return Program.spillgate("serve", "--config", file.toString());
    }

    private static String page(Program serve) {
        try (Wire wire = serve.connect()) {
            return wire.sendLines("GET /page HTTP/1.1\nHost: test\n\n").answer().text();
        }
    }

    private Path file(String toml) throws IOException {
        return Files.writeString(folder.resolve("gate.toml"), toml);
    }
}
