package io.spillgate.app;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigSyntax;

import io.spillgate.client.ServerSentEvent;

import java.io.PrintWriter;

/// Prints what a stream brings: events to one place, what the gateway says about the stream to the
/// other.
///
/// As text an event looks as on the wire, but for control characters, which a terminal would obey:
/// they are escaped as in JSON, except tabs. As JSON it is one object on one line, with the keys
/// `id`, `topic`, `event` and `data`; what is missing is an object with the key `gap`, and stands
/// where it is missing.
final class EventPrinter {
    private final PrintWriter events;
    private final PrintWriter notices;
    private final boolean json;

    EventPrinter(PrintWriter events, PrintWriter notices, boolean json) {
        this.events = events;
        this.notices = notices;
        this.json = json;
    }

    /// Prints one event, or tells what it says about the stream.
    ///
    /// @return false when it is no event of a publisher
    boolean event(ServerSentEvent event) {
        if (!event.hasId() && event.type().equals("stream-gap")) {
            gap(event.data());
            return false;
        }
        if (!event.hasId() && event.type().equals("server-shutdown")) {
            notices.println("spillgate tail: the gateway shuts down");
            return false;
        }
        print(event);
        return true;
    }

    private void print(ServerSentEvent event) {
        if (json) {
            printJson(event);
        } else {
            printText(event.type(), event.data(), event.lastEventId());
        }
    }

    private void gap(String data) {
        if (json) {
            events.println("{\"gap\":" + object(data) + "}");
        } else {
            notices.println("spillgate tail: events are missing here: " + Json.visible(data));
        }
    }

    /// The object in this text on one line; a string with the text if it has none.
    private static String object(String data) {
        try {
            ConfigParseOptions asJson = ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON);
            Config parsed = ConfigFactory.parseString(data, asJson);
            return Json.visible(parsed.root().render(ConfigRenderOptions.concise()));
        } catch (ConfigException e) {
            return Json.quote(data);
        }
    }

    /// Hands on what was printed.
    ///
    /// @return false when nobody reads it any more
    boolean flush() {
        notices.flush();
        return !events.checkError();
    }

    private void printJson(ServerSentEvent event) {
        String topic = event.topic();
        events.println(
                "{\"id\":"
                        + Json.quote(event.lastEventId())
                        + (topic == null ? "" : ",\"topic\":" + Json.quote(topic))
                        + ",\"event\":"
                        + Json.quote(event.type())
                        + ",\"data\":"
                        + Json.quote(event.data())
                        + "}");
    }

    private void printText(String type, String data, String id) {
        if (!id.isEmpty()) {
            events.println("id: " + Json.printable(id));
        }
        if (!type.equals("message")) {
            events.println("event: " + Json.printable(type));
        }
        for (String line : data.split("\n", -1)) {
            events.println("data: " + Json.printable(line));
        }
        events.println();
    }
}
