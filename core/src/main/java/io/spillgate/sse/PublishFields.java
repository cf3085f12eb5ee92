package io.spillgate.sse;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The strict reading: what a publisher must not send is an error that names itself.
final class PublishFields extends EventFields {
    private final EventStreamParser.PublishSink sink;
    private @Nullable String type;
    private @Nullable String id;
    private long retryMillis = -1;

    PublishFields(int maxEventBytes, EventStreamParser.PublishSink sink) {
        super(maxEventBytes);
        this.sink = sink;
    }

    @Override
    boolean isAcceptable(byte[] line, int from, int to) {
        // No line end is part of a longer UTF-8 sequence, so valid lines are a valid whole.
        if (Utf8.isValid(line, from, to)) {
            return true;
        }
        fail("the stream is not UTF-8");
        return false;
    }

    @Override
    void type(byte[] line, int from, int to) {
        type = text(line, from, to);
        check();
    }

    @Override
    void id(byte[] line, int from, int to) {
        id = text(line, from, to);
        check();
    }

    @Override
    void topic(byte[] line, int from, int to) {
        // Its request has said where it goes.
    }

    @Override
    void retry(byte[] line, int from, int to) {
        try {
            retryMillis = Event.parseRetry(text(line, from, to));
        } catch (InvalidEvent e) {
            fail(e.reason());
        }
    }

    @Override
    boolean dispatch(byte[] data, int length) {
        try {
            return sink.event(
                    Event.ofValidText(Arrays.copyOf(data, length), type, id, retryMillis));
        } catch (InvalidEvent e) {
            fail(e.reason());
            return false;
        }
    }

    @Override
    void clear() {
        type = null;
        id = null;
        retryMillis = -1;
    }

    @Override
    void commitId() {
        // An id belongs to the event that carries it, only.
    }

    @Override
    String lastEventId() {
        return "";
    }

    private void check() {
        try {
            Event.checkFields(type, id);
        } catch (InvalidEvent e) {
            fail(e.reason());
        }
    }

    private static String text(byte[] line, int from, int to) {
        return new String(line, from, to - from, StandardCharsets.UTF_8);
    }
}
