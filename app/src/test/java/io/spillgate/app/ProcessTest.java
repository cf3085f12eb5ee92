package io.spillgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.app.ScriptedServer.Scene;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// What only a process of its own shows of the commands that end: signals, pipes, the exit status.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
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
        try (ScriptedServer server = new ScriptedServer(List.of(endless));
                Child tail = Child.start("tail", "--url", server.url(), "demo")) {
            assertThat(tail.line()).isEqualTo("id: 1-1");
            assertThat(tail.line()).isEqualTo("data: hé");
            tail.signal("INT");
            assertThat(tail.exitStatus()).isZero();
        } finally {
            done.countDown();
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
        try (ScriptedServer server = new ScriptedServer(List.of(endless));
                Child tail = Child.start("tail", "--url", server.url(), "demo")) {
            assertThat(tail.line()).isEqualTo("data: first");
            assertThat(tail.line()).isEmpty();
            tail.closeOutput();
            done.countDown();
            assertThat(tail.exitStatus()).isZero();
        }
    }

    @Test
    void aManualPageAndACompletionArePrintedToTheirEnd() throws Exception {
        try (Child man = Child.start("man", "tail");
                Child completion = Child.start("completion")) {
            assertThat(man.line()).startsWith(".TH ");
            assertThat(man.lines()).endsWith(".fi");
            assertThat(completion.line()).startsWith("#!");
            assertThat(completion.lines()).anyMatch(line -> line.startsWith("complete -F "));
        }
    }

    @Test
    void aWrongCommandLineEndsWithStatusTwo() throws Exception {
        try (Child child = Child.start("no-such-command")) {
            assertThat(child.exitStatus()).isEqualTo(2);
        }
    }

    private void awaitDone() {
        try {
            done.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
