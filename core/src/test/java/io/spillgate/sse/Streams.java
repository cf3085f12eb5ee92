package io.spillgate.sse;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// What the two readings make of a stream, written down one line for each thing that happens.
final class Streams {
    private Streams() {}

    /// Feeds the stream in pieces of this size and writes down events and the error, if any.
    static List<String> published(byte[] stream, int pieceSize, int maxEventBytes) {
        List<String> seen = new ArrayList<>();
        EventStreamParser parser =
                EventStreamParser.forPublish(
                        maxEventBytes,
                        event -> {
                            seen.add(describe(event));
                            return true;
                        });
        feed(parser, stream, pieceSize);
        if (parser.error() != null) {
            seen.add("error: " + parser.error());
        }
        return seen;
    }

    /// The same for the reading of a client.
    static List<String> received(byte[] stream, int pieceSize, int maxEventBytes) {
        List<String> seen = new ArrayList<>();
        EventStreamParser parser =
                EventStreamParser.forClient(
                        maxEventBytes,
                        new EventStreamParser.ClientSink() {
                            @Override
                            public void event(
                                    String type,
                                    String data,
                                    String lastEventId,
                                    boolean hasId,
                                    @Nullable String topic) {
                                seen.add(type + " [" + data + "] #" + lastEventId);
                            }

                            @Override
                            public void retry(long millis) {
                                seen.add("retry " + millis);
                            }
                        });
        feed(parser, stream, pieceSize);
        if (parser.error() != null) {
            seen.add("error: " + parser.error());
        }
        return seen;
    }

    static String describe(Event event) {
        String retry = event.retryMillis() < 0 ? "" : " retry " + event.retryMillis();
        return event.type() + " [" + new String(event.data(), UTF_8) + "] #" + event.id() + retry;
    }

    private static void feed(EventStreamParser parser, byte[] stream, int pieceSize) {
        for (int at = 0; at < stream.length && parser.error() == null; at += pieceSize) {
            parser.feed(stream, at, Math.min(pieceSize, stream.length - at));
        }
    }
}
