package io.spillgate.it.browser;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.Config;

import io.spillgate.it.harness.Await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A headless Chromium in a process of its own, with an empty profile.
final class Chromium implements AutoCloseable {
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome");

    private static final List<String> OPTIONS =
            List.of(
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-dev-shm-usage",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--window-size=1100,900",
                    "--remote-debugging-port=0");

    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();
    private final DevTools tools;

    private Chromium(Process process, Path portFile) {
        this.process = process;
        try {
            tools = new DevTools(client, address(portFile));
        } catch (AssertionError e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /// Starts the browser of this machine; where there is none, the test is skipped.
    ///
    /// @param profile an empty folder
    static Chromium start(Path profile) {
        Optional<Path> installed = installed();
        assumeTrue(installed.isPresent(), "none of " + NAMES + " is on the PATH");
        return start(installed.orElseThrow(), profile);
    }

    /// Shows an address in a tab of its own.
    Page open(String url) {
        Config target = tools.call("Target.createTarget", Map.of("url", "about:blank"));
        String id = target.getString("targetId");
        Config session =
                tools.call("Target.attachToTarget", Map.of("targetId", id, "flatten", true));
        Page page = new Page(tools, id, session.getString("sessionId"));
        page.navigate(url);
        return page;
    }

    @Override
    public void close() {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        tools.call("Browser.close", Map.of());
        tools.close();
        client.shutdownNow();
        try {
            Await.until("the browser ends", () -> all.stream().noneMatch(ProcessHandle::isAlive));
        } finally {
            all.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static Optional<Path> installed() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Chromium start(Path program, Path profile) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(OPTIONS);
        command.add("--user-data-dir=" + profile);
        command.add("about:blank");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(profile.resolve("output").toFile());
        builder.environment().put("HOME", profile.toString());
        builder.environment().put("TMPDIR", profile.toString());
        try {
            return new Chromium(builder.start(), profile.resolve("DevToolsActivePort"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The file has two lines, the port and the path, and is written when the port is open.
    private static URI address(Path portFile) {
        Await.until("the browser listens", () -> lines(portFile).size() == 2);
        List<String> lines = lines(portFile);
        return URI.create("ws://127.0.0.1:" + lines.getFirst() + lines.getLast());
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
