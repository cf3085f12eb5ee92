package io.spillgate.it.clients;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.process.Program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A program of the folder `clients`, with what npm has installed there.
///
/// It says where its backends are, is told where the gateway is, and ends with a line about what
/// came of it.
final class NodeProgram implements AutoCloseable {
    private static final Path FOLDER = Path.of("clients");
    private static final Path INSTALLED = FOLDER.resolve("node_modules");
    private static final String BACKENDS = "backends";
    private static final String OUTCOME = "outcome ";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Program process;

    private NodeProgram(Program process) {
        this.process = process;
    }

    /// Starts it; where `npm ci` was not run in its folder the test is skipped.
    static NodeProgram start(String file, String... arguments) {
        assumeTrue(
                Files.isDirectory(INSTALLED), "npm has not installed the packages of it/clients");
        List<String> command = new ArrayList<>(List.of(node().toString()));
        command.add(FOLDER.resolve(file).toString());
        command.addAll(List.of(arguments));
        return new NodeProgram(Program.command(command));
    }

    /// Where its backends listen, `host:port`.
    List<String> backends() {
        String line = process.out().lineWith(BACKENDS);
        return Stream.of(line.split(" ", -1)).skip(1).toList();
    }

    /// Tells it where the gateway is.
    void meet(TestGateway gateway) {
        process.type(
                "{\"url\":\"%s\",\"admin\":\"%s\"}\n"
                        .formatted(url(gateway.address()), url(gateway.adminAddress())));
    }

    /// Waits for its good end.
    ///
    /// @return what came of it
    String outcome() throws InterruptedException {
        int status = process.exitStatus(PATIENCE);
        if (status != 0) {
            String said = String.join("\n", process.err().untilItsEnd());
            throw new AssertionError("it ended with " + status + ": " + said);
        }
        return process.out().lineWith(OUTCOME).substring(OUTCOME.length());
    }

    @Override
    public void close() {
        process.close();
    }

    /// The version that is among the packages, or that of the system.
    private static Path node() {
        try (Stream<Path> packages = Files.list(INSTALLED)) {
            return packages.filter(folder -> folder.getFileName().toString().startsWith("node-"))
                    .map(folder -> folder.resolve("bin").resolve("node"))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElse(Path.of("node"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String url(InetSocketAddress address) {
        return "http://127.0.0.1:" + address.getPort();
    }
}
