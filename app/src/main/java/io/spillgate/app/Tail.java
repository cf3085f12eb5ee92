package io.spillgate.app;

import io.spillgate.sse.EventStreamParser;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/// A client of one event stream that comes back after every interruption, with the id of the last
/// event.
///
/// ```
///            200                     end of stream, broken connection
/// CONNECTING ────→ STREAMING ──────────────────────────────────────────→ WAITING
///   ↑  │  └── 5xx, no connection ──────────────────────────────────────→    │
///   │  └── 204, 3xx, 4xx, not an event stream → OVER                        │
///   └───────────────────────────── delay passed ────────────────────────────┘
/// ```
///
/// Confined to the thread that calls [#run()].
final class Tail {
    private static final int PIECE_BYTES = 16 * 1024;
    private static final int MAX_EVENT_BYTES = 256 << 20;
    private static final int MAX_REASON_BYTES = 500;

    private final HttpClient client;
    private final URI target;
    private final EventPrinter printer;
    private final PrintWriter notices;
    private final ReconnectDelay delay;
    private final Pause pause;
    private String lastEventId;
    private int failures;

    /// Lets time pass.
    @FunctionalInterface
    interface Pause {
        void sleep(Duration time) throws InterruptedException;
    }

    /// How one connection ended.
    private sealed interface End {
        /// It may work later, not before the given time.
        record Interrupted(String reason, Duration atLeast) implements End {
            Interrupted(String reason) {
                this(reason, Duration.ZERO);
            }
        }

        /// The server does not want us again.
        record Refused(String reason) implements End {}

        /// Nobody reads what we print.
        record Unread() implements End {}
    }

    Tail(
            HttpClient client,
            URI target,
            String lastEventId,
            EventPrinter printer,
            PrintWriter notices,
            ReconnectDelay delay,
            Pause pause) {
        this.client = client;
        this.target = target;
        this.lastEventId = lastEventId;
        this.printer = printer;
        this.notices = notices;
        this.delay = delay;
        this.pause = pause;
    }

    /// Prints events until the server refuses or nobody reads them.
    ///
    /// @return the exit status
    /// @throws InterruptedException when the thread is interrupted, which ends it
    int run() throws InterruptedException {
        while (true) {
            switch (connect()) {
                case End.Unread() -> {
                    return ExitCode.OK;
                }
                case End.Refused(String reason) -> {
                    notices.println("spillgate tail: " + reason);
                    return ExitCode.FAILURE;
                }
                case End.Interrupted(String reason, Duration atLeast) -> waitAfter(reason, atLeast);
            }
        }
    }

    private void waitAfter(String reason, Duration atLeast) throws InterruptedException {
        Duration chosen = delay.next(failures);
        Duration time = chosen.compareTo(atLeast) < 0 ? atLeast : chosen;
        notices.println(
                String.format(
                        Locale.ROOT,
                        "spillgate tail: %s; again in %.1f s",
                        reason,
                        time.toMillis() / 1000.0));
        notices.flush();
        pause.sleep(time);
    }

    private End connect() throws InterruptedException {
        failures++;
        HttpResponse<InputStream> response;
        try {
            response = client.send(request(), BodyHandlers.ofInputStream());
        } catch (IOException e) {
            return new End.Interrupted("cannot reach " + target + ": " + Text.reason(e));
        }
        try (InputStream body = response.body()) {
            return isEventStream(response) ? stream(body) : refused(response, body);
        } catch (IOException e) {
            return new End.Interrupted("the connection broke: " + Text.reason(e));
        }
    }

    private HttpRequest request() {
        HttpRequest.Builder request = HttpRequest.newBuilder(target);
        if (lastEventId.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            if (!lastEventId.isEmpty()) {
                request.header("Last-Event-ID", lastEventId);
            }
        } else {
            request.uri(HubAddress.resuming(target, lastEventId));
        }
        return request.header("Accept", "text/event-stream")
                .header("Cache-Control", "no-store")
                .build();
    }

    private static boolean isEventStream(HttpResponse<InputStream> response) {
        String type = response.headers().firstValue("Content-Type").orElse("");
        return response.statusCode() == 200
                && type.toLowerCase(Locale.ROOT).startsWith("text/event-stream");
    }

    private End stream(InputStream body) throws IOException {
        failures = 0;
        EventStreamParser parser = EventStreamParser.forClient(MAX_EVENT_BYTES, printer);
        byte[] piece = new byte[PIECE_BYTES];
        for (int n = body.read(piece); n >= 0; n = body.read(piece)) {
            parser.feed(piece, 0, n);
            if (!parser.lastEventId().isEmpty()) {
                lastEventId = parser.lastEventId();
            }
            if (!printer.flush()) {
                return new End.Unread();
            }
            String error = parser.error();
            if (error != null) {
                return new End.Refused("cannot read the stream: " + error);
            }
        }
        return new End.Interrupted("the stream ended");
    }

    private End refused(HttpResponse<InputStream> response, InputStream body) throws IOException {
        int status = response.statusCode();
        if (status == 204) {
            return new End.Refused("the server says that there is nothing more (204)");
        }
        if (status == 200) {
            String type = response.headers().firstValue("Content-Type").orElse("no Content-Type");
            return new End.Refused(target + " is not an event stream but " + Json.visible(type));
        }
        String text = new String(body.readNBytes(MAX_REASON_BYTES), StandardCharsets.UTF_8);
        String reason =
                target
                        + " answers "
                        + status
                        + (text.isBlank() ? "" : ": ")
                        + Json.visible(text.strip());
        return status >= 500
                ? new End.Interrupted(reason, retryAfter(response))
                : new End.Refused(reason);
    }

    private static Duration retryAfter(HttpResponse<InputStream> response) {
        String seconds = response.headers().firstValue("Retry-After").orElse("");
        return seconds.matches("[0-9]{1,6}")
                ? Duration.ofSeconds(Integer.parseInt(seconds))
                : Duration.ZERO;
    }
}
