package io.spillgate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What clients find when they are the first.
final class RehearsalTest {
    /// Some of the few are made for each place of a program that calls a lambda.
    private static final int FEW = 40;

    @TempDir private Path folder;

    @Test
    void classesAreLoadedBeforeTheFirstClientComes() {
        Path loads = folder.resolve("loads");
        try (Backend backend = Backend.start((request, reply) -> reply.ok("ok"));
                Program program =
                        Program.serveOn(
                                List.of(
                                        "-Dspillgate.rehearsal=true",
                                        "-Xlog:class+load:file=" + loads + ":uptime:filecount=0"),
                                "routes=[{path=\"/api/*\",proxy=\"http://"
                                        + backend.address()
                                        + "\"}]")) {
            program.out().lineWith("listening admin");
            int before = count(loads);
            try (Wire wire = program.connect()) {
                assertThat(ask(wire, "GET /none")).isEqualTo(404);
                assertThat(ask(wire, "GET /api/a")).isEqualTo(200);
                wire.sendLines("GET /events/demo HTTP/1.1\nHost: test\n\n");
                EventStream stream = EventStream.over(wire, wire.head());
                try (Wire admin = program.connectAdmin()) {
                    assertThat(ask(admin, "POST /events/demo")).isEqualTo(200);
                    assertThat(ask(admin, "GET /metrics")).isEqualTo(200);
                }
                assertThat(stream.event().data()).isEmpty();
            }
            assertThat(count(loads) - before).isLessThan(FEW);
        }
    }

    private static int ask(Wire wire, String line) {
        String host = "Host: localhost\nContent-Length: 0\n\n";
        return wire.sendLines(line + " HTTP/1.1\n" + host).answer().status();
    }

    private static int count(Path loads) {
        try {
            return Files.readAllLines(loads).size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
