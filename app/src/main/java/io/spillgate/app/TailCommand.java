package io.spillgate.app;

import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.client.EventSource;
import io.spillgate.client.EventSourceBuilder;
import io.spillgate.client.HttpClient;
import io.spillgate.config.ClientConfig;
import io.spillgate.config.Durations;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// `spillgate tail`: prints the events of topics as they come.
@Command(
        name = "tail",
        description = "Subscribes to topics and prints their events until SIGINT.",
        footer = {
            "",
            "After an interruption it connects again with Last-Event-ID, after the time the server"
                    + " asked",
            "for (retry:), and less and less often while the server is away. What is missing then,"
                    + " and",
            "everything else that is not an event, goes to standard error.",
            "Exit status: 0 after SIGINT, --count or --max-time, 1 when the server refuses (204,"
                    + " 3xx, or",
            "4xx but 429), or when --max-time was over before --count."
        })
final class TailCommand implements Callable<Integer> {
    private static final int MAX_EVENT_BYTES = 256 << 20;

    /// Beyond it is for ever.
    private static final double MOST_SECONDS = 1e9;

    @Option(
            names = "--url",
            paramLabel = "URL",
            converter = HubAddress.Converter.class,
            description = "The gateway. Default: http://127.0.0.1:8080.")
    private HubAddress hub = HubAddress.parse("http://127.0.0.1:8080");

    @Option(
            names = "--last-event-id",
            paramLabel = "ID",
            description = "Begins after this event; earliest begins with all that is retained.")
    private String lastEventId = "";

    @Option(
            names = "--json",
            description =
                    "Prints each event as one JSON object on one line, with its topic, and what is"
                            + " missing as {\"gap\":{...}}.")
    private boolean json;

    @Option(names = "--count", paramLabel = "N", description = "Ends after N events.")
    private long count = Long.MAX_VALUE;

    @Option(
            names = "--max-time",
            paramLabel = "SECONDS",
            description = "Ends after this time, with status 1 if --count was not reached.")
    private double maxTimeSeconds = Double.POSITIVE_INFINITY;

    @Mixin private AccessOptions access = new AccessOptions();

    @Option(
            names = "--read-timeout",
            paramLabel = "SECONDS",
            description =
                    "Connects again when nothing, no keepalive either, came for this long; 0 ="
                            + " never. Default: 120.")
    private int readTimeoutSeconds = 120;

    @Parameters(arity = "1..*", paramLabel = "TOPIC", description = "The topics, at most 100.")
    private List<String> topics = new ArrayList<>();

    @Spec private CommandSpec spec = CommandSpec.create();

    private final Tail.Waiting waiting;

    TailCommand() {
        this((time, source) -> {});
    }

    TailCommand(Tail.Waiting waiting) {
        this.waiting = waiting;
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        if (readTimeoutSeconds < 0) {
            throw new ParameterException(spec.commandLine(), "--read-timeout must not be negative");
        }
        if (count < 1 || !(maxTimeSeconds > 0)) {
            throw new ParameterException(
                    spec.commandLine(), "--count and --max-time must be more than 0");
        }
        HttpHeaders fields = access.fields();
        Logging.quietClient();
        Signals.handle(_ -> System.exit(ExitCode.OK), "INT");
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Tail tail = new Tail(new EventPrinter(out, err, json), err, count, waiting);
        try (ExecutorService printing = Executors.newSingleThreadExecutor();
                HttpClient http =
                        HttpClient.open(
                                SingleConnection.settings(ClientConfig.DEFAULT), Map.of())) {
            EventSourceBuilder source =
                    EventSource.of(hub.subscribe(topics, json))
                            .lastEventId(lastEventId)
                            .resumeParameter("last_event_id")
                            .readTimeout(readTimeout())
                            .maxEventBytes(MAX_EVENT_BYTES)
                            .on(printing);
            fields.forEach(field -> source.header(field.getKey(), field.getValue()));
            EventSource opened = source.open(http, tail);
            tail.source(opened);
            return status(tail, opened);
        }
    }

    private int status(Tail tail, EventSource source)
            throws InterruptedException, ExecutionException {
        if (maxTimeSeconds > MOST_SECONDS) {
            return tail.status().get();
        }
        try {
            return tail.status().get((long) (maxTimeSeconds * 1000), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            source.close();
            tail.status().get();
            return count < Long.MAX_VALUE && !tail.isComplete() ? ExitCode.FAILURE : ExitCode.OK;
        }
    }

    private Duration readTimeout() {
        return readTimeoutSeconds == 0
                ? Durations.INFINITE
                : Duration.ofSeconds(readTimeoutSeconds);
    }
}
