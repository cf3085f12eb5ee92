package io.spillgate.app;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `spillgate publish`: one event, or a stream of them, to one topic.
@Command(
        name = "publish",
        description = "Publishes to a topic and prints the id of the (last) event.",
        footer = {
            "",
            "Examples:",
            "  spillgate publish demo hello",
            "  date | spillgate publish --event tick demo -",
            "  spillgate publish --stream demo < events.txt"
        })
final class PublishCommand implements Callable<Integer> {
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(5);
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(60);

    @Option(
            names = "--url",
            paramLabel = "URL",
            converter = HubAddress.Converter.class,
            description = "The gateway. Default: http://127.0.0.1:8081, the admin listener.")
    private HubAddress hub = HubAddress.parse("http://127.0.0.1:8081");

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "One of hub.publish_tokens; the public listener wants it.")
    private @Nullable String token;

    @Option(names = "--event", paramLabel = "TYPE", description = "The event's type.")
    private @Nullable String type;

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "Your own id: the same one again is not delivered twice.")
    private @Nullable String id;

    @Option(
            names = "--stream",
            description = {
                "Standard input is an event stream: each event is published as soon as it is"
                        + " complete, until the input ends."
            })
    private boolean stream;

    @Parameters(index = "0", paramLabel = "TOPIC", description = "The topic.")
    private String topic = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "DATA",
            description = "The event's data; - reads it from standard input. Default: empty.")
    private @Nullable String data;

    @Spec private CommandSpec spec = CommandSpec.create();

    private final InputStream in;

    PublishCommand() {
        this(System.in);
    }

    PublishCommand(InputStream in) {
        this.in = in;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (stream && (type != null || id != null || (data != null && !data.equals("-")))) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "--stream takes type, id and data from standard input, not from the command"
                            + " line");
        }
        URI target = hub.publish(topic, parameters());
        try {
            return stream ? upload(target) : post(target);
        } catch (IOException e) {
            return fail("no answer from " + hub + ": " + Text.reason(e));
        }
    }

    private Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (type != null) {
            parameters.put("event", type);
        }
        if (id != null) {
            parameters.put("id", id);
        }
        return parameters;
    }

    private int upload(URI target) throws IOException, InterruptedException {
        StreamUpload.Answer answer = new StreamUpload(target, Optional.ofNullable(token)).send(in);
        return report(answer.status(), answer.body());
    }

    private int post(URI target) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(target)
                        .POST(body())
                        .header("Content-Type", "text/plain; charset=utf-8")
                        .timeout(ANSWER_PATIENCE);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        HttpClient client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT_PATIENCE)
                        .build();
        try {
            HttpResponse<String> response =
                    client.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
            return report(response.statusCode(), response.body());
        } finally {
            client.shutdownNow();
        }
    }

    private BodyPublisher body() throws IOException {
        if (data == null) {
            return BodyPublishers.noBody();
        }
        return data.equals("-")
                ? BodyPublishers.ofByteArray(in.readAllBytes())
                : BodyPublishers.ofString(data, StandardCharsets.UTF_8);
    }

    private int report(int status, String body) {
        String visible = Json.visible(body.strip());
        if (status != 200) {
            return fail(hub + " answers " + status + (visible.isEmpty() ? "" : ": " + visible));
        }
        try {
            Config answer = ConfigFactory.parseString(body);
            if (answer.hasPath("id")) {
                spec.commandLine().getOut().println(Json.visible(answer.getString("id")));
            }
            return ExitCode.OK;
        } catch (ConfigException e) {
            return fail(hub + " answers 200, but not as a gateway does: " + visible);
        }
    }

    private int fail(String reason) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("spillgate publish: " + Json.visible(reason));
        return ExitCode.FAILURE;
    }
}
