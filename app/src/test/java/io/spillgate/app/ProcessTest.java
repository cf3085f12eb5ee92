package io.spillgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.app.ScriptedServer.Scene;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// What only a process of its own shows: signals and the exit status.
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class ProcessTest {
    private final CountDownLatch done = new CountDownLatch(1);

    @Test
    void tailEndsWithStatusZeroOnSigint() throws Exception {
        Scene endless =
                (body, peer) -> {
                    ScriptedServer.streams("id: 1-1\ndata: hé\n\n").play(body, peer);
                    awaitDone();
                };
        try (ScriptedServer server = new ScriptedServer(List.of(endless))) {
            Process tail = start("tail", "--url", server.url(), "demo");
            try (BufferedReader out = reader(tail)) {
                assertThat(out.readLine()).isEqualTo("id: 1-1");
                assertThat(out.readLine()).isEqualTo("data: hé");
                signal(tail, "INT");
                assertThat(tail.waitFor()).isZero();
            } finally {
                done.countDown();
                tail.destroyForcibly();
            }
        }
    }

    @Test
    void tailEndsWithStatusZeroWhenNobodyReadsItAnyMore() throws Exception {
        Scene endless =
                (body, peer) -> {
                    ScriptedServer.streams("data: first\n\n").play(body, peer);
                    awaitDone();
                    peer.getOutputStream().write("data: next\n\n".getBytes(StandardCharsets.UTF_8));
                };
        try (ScriptedServer server = new ScriptedServer(List.of(endless))) {
            Process tail = start("tail", "--url", server.url(), "demo");
            try (BufferedReader out = reader(tail)) {
                assertThat(out.readLine()).isEqualTo("data: first");
                assertThat(out.readLine()).isEmpty();
            }
            done.countDown();
            assertThat(tail.waitFor()).isZero();
        }
    }

    @Test
    void aWrongCommandLineEndsWithStatusTwo() throws Exception {
        assertThat(start("no-such-command").waitFor()).isEqualTo(2);
    }

    private void awaitDone() {
        try {
            done.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.add(Main.class.getName());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    private static void signal(Process process, String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }
}
