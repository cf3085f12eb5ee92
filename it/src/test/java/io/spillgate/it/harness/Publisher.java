package io.spillgate.it.harness;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Publishes over one kept connection to the admin listener.
public final class Publisher implements AutoCloseable {
    private static final Pattern ID = Pattern.compile("\"id\"\\s*:\\s*\"([^\"]*)\"");
    private static final Pattern COUNT = Pattern.compile("\"published\"\\s*:\\s*(\\d+)");

    private final Wire wire;

    /// @param wire where to publish; closed with this
    public Publisher(Wire wire) {
        this.wire = wire;
    }

    /// Publishes one event and returns its id.
    ///
    /// @param target the path below the hub's, query included, percent-encoded
    public String publish(String target, String data) {
        Answer answer = post(target, "text/plain; charset=utf-8", data);
        if (answer.status() != 200) {
            throw new AssertionError("not published: " + answer);
        }
        return id(answer);
    }

    /// Publishes a body and returns the answer, whatever it is.
    public Answer post(String target, String contentType, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        wire.sendLines(
                """
                POST /events/%s HTTP/1.1
                Host: localhost
                Content-Type: %s
                Content-Length: %d

                """
                        .formatted(target, contentType, bytes.length));
        wire.send(bytes);
        return wire.answer();
    }

    /// The id in the answer to a publish.
    public static String id(Answer answer) {
        return group(ID, answer);
    }

    /// The number of published events in the answer to a publish.
    public static int count(Answer answer) {
        return Integer.parseInt(group(COUNT, answer));
    }

    @Override
    public void close() {
        wire.close();
    }

    private static String group(Pattern pattern, Answer answer) {
        Matcher matcher = pattern.matcher(answer.text());
        if (!matcher.find()) {
            throw new AssertionError("no " + pattern + " in " + answer);
        }
        return matcher.group(1);
    }
}
