package io.spillgate.sse;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;

/// The reading of a browser: what is wrong is passed over, ids persist.
final class ClientFields extends EventFields {
    private static final String DEFAULT_TYPE = "message";

    private final EventStreamParser.ClientSink sink;
    private String type = "";
    private String idBuffer;
    private String lastEventId;
    private boolean hasId;
    private @Nullable String topic;

    /// @param lastEventId holds until the stream brings another one
    ClientFields(int maxEventBytes, String lastEventId, EventStreamParser.ClientSink sink) {
        super(maxEventBytes);
        this.sink = sink;
        this.idBuffer = lastEventId;
        this.lastEventId = lastEventId;
    }

    @Override
    boolean isAcceptable(byte[] line, int from, int to) {
        return true;
    }

    @Override
    void type(byte[] line, int from, int to) {
        type = text(line, from, to);
    }

    @Override
    void id(byte[] line, int from, int to) {
        for (int i = from; i < to; i++) {
            if (line[i] == 0) {
                return;
            }
        }
        idBuffer = text(line, from, to);
        hasId = true;
    }

    @Override
    void topic(byte[] line, int from, int to) {
        topic = text(line, from, to);
    }

    @Override
    void retry(byte[] line, int from, int to) {
        long millis;
        try {
            millis = Event.parseRetry(text(line, from, to));
        } catch (InvalidEvent ignored) {
            return; // The format says: ignore the field.
        }
        sink.retry(millis);
    }

    @Override
    boolean dispatch(byte[] data, int length) {
        String named = type.isEmpty() ? DEFAULT_TYPE : type;
        sink.event(named, text(data, 0, length), lastEventId, hasId, topic);
        return true;
    }

    @Override
    void clear() {
        type = "";
        topic = null;
        hasId = false;
    }

    @Override
    void commitId() {
        lastEventId = idBuffer;
    }

    @Override
    String lastEventId() {
        return lastEventId;
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
}
