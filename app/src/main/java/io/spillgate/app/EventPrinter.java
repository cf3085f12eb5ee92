package io.spillgate.app;

import io.spillgate.sse.EventStreamParser;

import java.io.PrintWriter;

/// Prints what a stream brings: events to one place, what the gateway says about the stream to the
/// other.
///
/// As text an event looks as on the wire; as JSON it is one object on one line, with the keys `id`,
/// `event` and `data`.
final class EventPrinter implements EventStreamParser.ClientSink {
    private final PrintWriter events;
    private final PrintWriter notices;
    private final boolean json;
    private final ReconnectDelay delay;

    EventPrinter(PrintWriter events, PrintWriter notices, boolean json, ReconnectDelay delay) {
        this.events = events;
        this.notices = notices;
        this.json = json;
        this.delay = delay;
    }

    @Override
    public void event(String type, String data, String id, boolean hasId) {
        if (!hasId && type.equals("stream-gap")) {
            notices.println("spillgate tail: events are missing here: " + Json.visible(data));
            return;
        }
        if (!hasId && type.equals("server-shutdown")) {
            notices.println("spillgate tail: the gateway shuts down");
            return;
        }
        if (json) {
            printJson(type, data, id);
        } else {
            printText(type, data, id);
        }
    }

    @Override
    public void retry(long millis) {
        delay.asked(millis);
    }

    /// Hands on what was printed.
    ///
    /// @return false when nobody reads it any more
    boolean flush() {
        notices.flush();
        return !events.checkError();
    }

    private void printJson(String type, String data, String id) {
        events.println(
                "{\"id\":"
                        + Json.quote(id)
                        + ",\"event\":"
                        + Json.quote(type)
                        + ",\"data\":"
                        + Json.quote(data)
                        + "}");
    }

    private void printText(String type, String data, String id) {
        if (!id.isEmpty()) {
            events.println("id: " + id);
        }
        if (!type.equals("message")) {
            events.println("event: " + type);
        }
        for (String line : data.split("\n", -1)) {
            events.println("data: " + line);
        }
        events.println();
    }
}
