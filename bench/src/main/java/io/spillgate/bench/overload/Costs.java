package io.spillgate.bench.overload;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Locale;

/// The gateway's CPU for each request, by what becomes of it; and its capacity.
///
/// @param capacity dear requests a second
/// @param servedMicros of a dear request
/// @param smallMicros of one with a small answer
/// @param refusedMicros of a refused one; NaN when it wasn't measured
record Costs(double capacity, double servedMicros, double smallMicros, double refusedMicros) {
    private static final String REFUSING =
            """
            [server]
            maxConcurrentRequests = 1

            [server.backpressure]
            enabled = false
            """;

    /// Measures with a gateway that has no limiter, then with one whose only slot is taken.
    static Costs measure(Options options, Backend backend) throws IOException {
        double capacity;
        double served;
        double small;
        try (Subject subject =
                new Subject(options, Mode.NONE, Mode.NONE.server(), backend.port())) {
            double[] dear = measure(options, subject, "/work", 200);
            capacity = dear[0];
            served = dear[1];
            small = measure(options, subject, "/small", 200)[1];
        }
        try (Subject subject = new Subject(options, Mode.NONE, REFUSING, backend.port());
                Socket holder = new Socket()) {
            holder.connect(subject.front());
            OutputStream out = holder.getOutputStream();
            out.write("GET /hold HTTP/1.1\r\nHost: bench\r\n\r\n".getBytes(ISO_8859_1));
            return new Costs(capacity, served, small, measure(options, subject, "/work", 503)[1]);
        }
    }

    /// The table.
    String table() {
        return String.format(
                Locale.ROOT,
                """
                | request | gateway CPU, µs | a refusal is |
                | --- | ---: | ---: |
                | served, %s | %.0f | %.4f of it |
                | served, a small answer | %.1f | %.2f of it |
                | refused | %.1f | |
                """,
                "as in the tables below",
                servedMicros,
                refusedMicros / servedMicros,
                smallMicros,
                refusedMicros / smallMicros,
                refusedMicros);
    }

    /// Requests a second, and CPU of each in microseconds.
    private static double[] measure(Options options, Subject subject, String path, int status)
            throws IOException {
        try (Connections connections =
                new Connections(subject.front(), path, ClosedLoop.OUTSTANDING)) {
            connections.open();
            ClosedLoop loop = new ClosedLoop(connections, status);
            loop.warmUp();
            double before = subject.cpu().seconds();
            long count = loop.run(options.seconds());
            if (loop.others() > 0) {
                throw new IOException(loop.others() + " answers were not " + status);
            }
            double cpu = subject.cpu().seconds() - before;
            return new double[] {count / (double) options.seconds(), cpu * 1e6 / count};
        }
    }
}
