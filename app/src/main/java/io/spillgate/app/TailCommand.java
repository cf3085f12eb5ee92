package io.spillgate.app;

import io.spillgate.client.EventSource;
import io.spillgate.client.HttpClient;
import io.spillgate.config.ClientConfig;
import io.spillgate.config.Durations;

import picocli.CommandLine.Command;
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
            "Exit status: 0 after SIGINT, 1 when the server refuses (204, 3xx, or 4xx but 429)."
        })
final class TailCommand implements Callable<Integer> {
    private static final int MAX_EVENT_BYTES = 256 << 20;

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

    @Option(names = "--json", description = "Prints each event as one JSON object on one line.")
    private boolean json;

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
        Logging.quietClient();
        Signals.handle(_ -> System.exit(ExitCode.OK), "INT");
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Tail tail = new Tail(new EventPrinter(out, err, json), err, waiting);
        try (ExecutorService printing = Executors.newSingleThreadExecutor();
                HttpClient http =
                        HttpClient.open(
                                SingleConnection.settings(ClientConfig.DEFAULT), Map.of())) {
            tail.source(
                    EventSource.of(hub.subscribe(topics))
                            .lastEventId(lastEventId)
                            .resumeParameter("last_event_id")
                            .readTimeout(readTimeout())
                            .maxEventBytes(MAX_EVENT_BYTES)
                            .on(printing)
                            .open(http, tail));
            return tail.status().get();
        }
    }

    private Duration readTimeout() {
        return readTimeoutSeconds == 0
                ? Durations.INFINITE
                : Duration.ofSeconds(readTimeoutSeconds);
    }
}
