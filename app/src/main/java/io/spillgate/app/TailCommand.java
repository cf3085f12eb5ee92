package io.spillgate.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;

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
            "Exit status: 0 after SIGINT, 1 when the server refuses (204 or 4xx)."
        })
final class TailCommand implements Callable<Integer> {
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(10);

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

    @Parameters(arity = "1..*", paramLabel = "TOPIC", description = "The topics, at most 100.")
    private List<String> topics = new ArrayList<>();

    @Spec private CommandSpec spec = CommandSpec.create();

    private final Tail.Pause pause;

    TailCommand() {
        this(Thread::sleep);
    }

    TailCommand(Tail.Pause pause) {
        this.pause = pause;
    }

    @Override
    public Integer call() throws InterruptedException {
        Signals.handle("INT", () -> System.exit(ExitCode.OK));
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        ReconnectDelay delay = new ReconnectDelay(RandomGenerator.getDefault());
        EventPrinter printer = new EventPrinter(out, err, json, delay);
        HttpClient client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .connectTimeout(CONNECT_PATIENCE)
                        .build();
        try {
            return new Tail(client, hub.subscribe(topics), lastEventId, printer, err, delay, pause)
                    .run();
        } finally {
            client.shutdownNow();
        }
    }
}
