package io.spillgate.app;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.client.HttpClient;
import io.spillgate.client.pool.Body;
import io.spillgate.client.pool.Pool;
import io.spillgate.client.pool.PoolRequest;
import io.spillgate.client.pool.Target;
import io.spillgate.config.ClientConfig;
import io.spillgate.config.Durations;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/// `spillgate publish`: one event, or a stream of them, to one topic.
@Command(
        name = "publish",
        description = "Publishes to a topic and prints the id of the (last) event.",
        footer = {
            "",
            "Examples:",
            "  spillgate publish demo hello",
            "  spillgate publish --retries 5 --token-file token demo hello",
            "  date | spillgate publish --event tick demo -",
            "  spillgate publish --stream demo < events.txt"
        })
final class PublishCommand implements Callable<Integer> {
    private static final String EVENT_STREAM = "text/event-stream";
    private static final String PLAIN_TEXT = "text/plain; charset=utf-8";
    private static final long UNKNOWN_LENGTH = -1;
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(5);
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(60);

    @Option(
            names = "--url",
            paramLabel = "URL",
            converter = HubAddress.Converter.class,
            description = "The gateway. Default: http://127.0.0.1:8081, the admin listener.")
    private HubAddress hub = HubAddress.parse("http://127.0.0.1:8081");

    @Mixin private AccessOptions access = new AccessOptions();

    @Mixin private Retries retries = new Retries();

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

    private final Retries.Pause pause;

    PublishCommand() {
        this(System.in, Thread::sleep);
    }

    PublishCommand(InputStream in, Retries.Pause pause) {
        this.in = in;
        this.pause = pause;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (stream && (type != null || id != null || (data != null && !data.equals("-")))) {
            throw wrong(
                    "--stream takes type, id and data from standard input, not from the command"
                            + " line");
        }
        if (retries.isWrong() || (stream && retries.wanted())) {
            throw wrong("--retries must not be negative, and not be given with --stream");
        }
        Logging.quietClient();
        if (id == null && retries.wanted()) {
            id = UUID.randomUUID().toString();
        }
        HttpHeaders fields = access.fields();
        URI target = hub.publish(topic, parameters());
        try {
            if (stream) {
                return report(send(target, fields, in, UNKNOWN_LENGTH));
            }
            return publish(target, fields, body());
        } catch (IOException e) {
            return fail("no answer from " + hub + ": " + Text.reason(e));
        }
    }

    private int publish(URI target, HttpHeaders fields, byte[] body)
            throws IOException, InterruptedException {
        for (int failures = 1; ; failures++) {
            Duration asked = Duration.ZERO;
            String why;
            try {
                Upload.Answer answer =
                        send(target, fields, new ByteArrayInputStream(body), body.length);
                boolean busy = answer.status() == 429 || answer.status() >= 500;
                if (!busy || !retries.left(failures)) {
                    return report(answer);
                }
                asked = answer.retryAfter();
                why = hub + " answers " + answer.status();
            } catch (IOException e) {
                if (!retries.left(failures)) {
                    throw e;
                }
                why = "no answer from " + hub + ": " + Text.reason(e);
            }
            Duration wait = Retries.wait(failures, asked);
            tell(why + String.format(Locale.ROOT, "; again in %.1f s", wait.toMillis() / 1000.0));
            pause.last(wait);
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

    private Upload.Answer send(URI target, HttpHeaders fields, InputStream body, long length)
            throws IOException, InterruptedException {
        Target gateway = Target.of(target);
        ThreadFactory daemons = Thread.ofPlatform().daemon().name("upload").factory();
        ExecutorService reader = Executors.newSingleThreadExecutor(daemons);
        try (HttpClient http =
                HttpClient.open(SingleConnection.settings(connections()), Map.of())) {
            Pool pool = http.pools().host(gateway).orElseThrow();
            return new Upload(http.loop(), body, reader)
                    .send(pool, request(target, gateway, fields, length))
                    .get();
        } catch (ExecutionException e) {
            throw new IOException(Text.reason(e.getCause() == null ? e : e.getCause()), e);
        } finally {
            reader.shutdownNow();
        }
    }

    private PoolRequest request(URI target, Target gateway, HttpHeaders fields, long length) {
        HttpHeaders headers =
                new DefaultHttpHeaders()
                        .set("Host", gateway.authority())
                        .set("Content-Type", stream ? EVENT_STREAM : PLAIN_TEXT)
                        .setAll(fields);
        String query = target.getRawQuery() == null ? "" : "?" + target.getRawQuery();
        return new PoolRequest(
                "POST", target.getRawPath() + query, headers, new Body.Streamed(length));
    }

    /// An upload that is written by hand may be silent as long as it likes.
    private ClientConfig connections() {
        ClientConfig usual = ClientConfig.DEFAULT;
        return new ClientConfig(
                usual.userAgentHeader(),
                CONNECT_PATIENCE,
                stream ? Durations.INFINITE : ANSWER_PATIENCE,
                usual.requestHeaderSizeHint(),
                usual.socketOptions(),
                usual.proxy(),
                usual.parsing(),
                usual.logUnencryptedNetworkBytes(),
                usual.websocket(),
                usual.streamCancellationDelay(),
                usual.resolver(),
                usual.tls());
    }

    private byte[] body() throws IOException {
        if (data == null) {
            return new byte[0];
        }
        return data.equals("-") ? in.readAllBytes() : data.getBytes(StandardCharsets.UTF_8);
    }

    private int report(Upload.Answer answer) {
        String visible = Json.visible(answer.body().strip());
        if (answer.status() != 200) {
            return fail(
                    hub
                            + " answers "
                            + answer.status()
                            + (visible.isEmpty() ? "" : ": " + visible));
        }
        try {
            Config said = ConfigFactory.parseString(answer.body());
            if (said.hasPath("id")) {
                spec.commandLine().getOut().println(Json.visible(said.getString("id")));
            }
            return ExitCode.OK;
        } catch (ConfigException e) {
            return fail(hub + " answers 200, but not as a gateway does: " + visible);
        }
    }

    private int fail(String reason) {
        tell(reason);
        return ExitCode.FAILURE;
    }

    private void tell(String what) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("spillgate publish: " + Json.visible(what));
        err.flush();
    }

    private CommandLine.ParameterException wrong(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }
}
