package io.spillgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

class SystemFactsTest {
    @TempDir private Path proc = Path.of("");

    @Test
    void readsTheFilesOfTheKernel() throws IOException {
        write(
                "self/limits",
                """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             unlimited            unlimited            processes
                Max open files            1024                 524288               files
                """);
        write("sys/fs/file-max", "9223372036854775807\n");
        write("sys/net/core/somaxconn", "4096\n");
        write("sys/net/ipv4/tcp_max_syn_backlog", "512\n");
        write("sys/net/ipv4/ip_local_port_range", "32768\t60999\n");
        SystemFacts facts = SystemFacts.read(proc);
        assertThat(facts.descriptors()).hasValue(1024);
        assertThat(facts.descriptorsHard()).hasValue(524_288);
        assertThat(facts.fileMax()).hasValue(Long.MAX_VALUE);
        assertThat(facts.somaxconn()).hasValue(4096);
        assertThat(facts.synBacklog()).hasValue(512);
        assertThat(facts.ports()).contains(new SystemFacts.PortRange(32_768, 60_999));
        assertThat(facts.memoryBytes()).isPositive();
        assertThat(facts.heapBytes()).isEqualTo(Runtime.getRuntime().maxMemory());
    }

    @Test
    void takesUnlimitedForTheLargestNumber() throws IOException {
        write("self/limits", "Max open files            unlimited            unlimited   files\n");
        assertThat(SystemFacts.read(proc).descriptors()).hasValue(Long.MAX_VALUE);
    }

    @Test
    void knowsLittleOnASystemWithoutThoseFiles() {
        SystemFacts facts = SystemFacts.read(proc);
        assertThat(facts.descriptorsHard()).isEqualTo(OptionalLong.empty());
        assertThat(facts.somaxconn()).isEqualTo(OptionalLong.empty());
        assertThat(facts.ports()).isEqualTo(Optional.empty());
    }

    @Test
    void takesANonsensicalNumberForAbsent() throws IOException {
        write("sys/net/core/somaxconn", "many\n");
        write("sys/net/ipv4/ip_local_port_range", "32768\n");
        assertThat(SystemFacts.read(proc).somaxconn()).isEqualTo(OptionalLong.empty());
        assertThat(SystemFacts.read(proc).ports()).isEqualTo(Optional.empty());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void readsWholeNumbersFromTheRunningKernel() throws IOException {
        Process sysctl = new ProcessBuilder("cat", "/proc/sys/net/core/somaxconn").start();
        String expected =
                new String(sysctl.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(SystemFacts.ofThisProcess().somaxconn())
                .hasValue(Long.parseLong(expected.strip()));
    }

    private void write(String file, String text) throws IOException {
        Path path = proc.resolve(file);
        Files.createDirectories(path.getParent() == null ? proc : path.getParent());
        Files.writeString(path, text);
    }
}
