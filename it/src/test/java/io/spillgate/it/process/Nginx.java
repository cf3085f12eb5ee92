package io.spillgate.it.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.spillgate.it.harness.Await;

import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/// nginx as a backend, which serves the files of a folder and stores what is PUT there, or as a
/// proxy in front of the gateway.
final class Nginx implements AutoCloseable {
    private final Program process;
    private final Path folder;
    private final int port;

    private Nginx(Program process, Path folder, int port) {
        this.process = process;
        this.folder = folder;
        this.port = port;
    }

    /// Starts one that keeps everything it writes in a folder; without nginx the test is skipped.
    static Nginx start(Path folder) throws IOException {
        String files = folder.toAbsolutePath().toString();
        return start(
                folder,
                "",
                """
                location /files/ {
                    root %s;
                    dav_methods PUT;
                }
                location /hello { return 200 "hello"; }
                """
                        .formatted(files));
    }

    /// Starts one with these parts of a configuration; without nginx the test is skipped.
    ///
    /// @param upstreams what stands beside the server
    /// @param locations what stands in it
    static Nginx start(Path folder, String upstreams, String locations) throws IOException {
        Optional<Path> binary = find("nginx");
        assumeTrue(binary.isPresent(), "nginx is not installed");
        int port = freePort();
        Files.createDirectories(folder.resolve("temp"));
        Files.createDirectories(folder.resolve("files"));
        Path config = folder.resolve("nginx.conf").toAbsolutePath();
        Files.writeString(config, config(port, upstreams, locations));
        Program process =
                Program.command(
                        List.of(
                                binary.get().toString(),
                                "-p",
                                folder.toAbsolutePath().toString(),
                                "-e",
                                "error.log",
                                "-c",
                                config.toString()));
        Nginx nginx = new Nginx(process, folder, port);
        try {
            Await.until("nginx listens; it says " + process.err().lines(), nginx::isListening);
        } catch (AssertionError e) {
            nginx.close();
            throw e;
        }
        return nginx;
    }

    /// Where a program is: on the PATH, or where those of the administrator are.
    static Optional<Path> find(String program) {
        String path = System.getenv("PATH") + File.pathSeparator + "/usr/sbin";
        return Stream.of(path.split(File.pathSeparator, -1))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// `host:port`.
    String authority() {
        return "127.0.0.1:" + port;
    }

    /// The file behind `/files/NAME`.
    Path file(String name) {
        return folder.resolve("files").resolve(name);
    }

    @Override
    public void close() {
        process.close();
    }

    private boolean isListening() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String config(int port, String upstreams, String locations) {
        return """
        daemon off;
        master_process off;
        pid nginx.pid;
        error_log error.log;
        events { worker_connections 1000; }
        http {
            access_log off;
            sendfile on;
            client_max_body_size 0;
            client_body_temp_path temp;
            proxy_temp_path temp;
            fastcgi_temp_path temp;
            uwsgi_temp_path temp;
            scgi_temp_path temp;
            %s
            server {
                listen 127.0.0.1:%d;
                %s
            }
        }
        """
                .formatted(upstreams, port, locations);
    }

    /// A port that is free, and below those that the system gives to outgoing connections.
    static int freePort() throws IOException {
        int first = ThreadLocalRandom.current().nextInt(15_000, 29_000);
        for (int port = first; ; port++) {
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (BindException taken) {
                if (port > first + 1000) {
                    throw taken;
                }
            }
        }
    }
}
