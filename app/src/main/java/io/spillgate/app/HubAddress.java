package io.spillgate.app;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Where a hub answers: a gateway's address with the hub's path.
///
/// @param base for example `http://127.0.0.1:8080/events`, without a slash at the end
record HubAddress(URI base) {
    private static final String DEFAULT_PATH = "/events";

    /// Reads what `--url` takes: `http(s)://host:port`, with the hub's path when that is not
    /// `/events`.
    static final class Converter implements ITypeConverter<HubAddress> {
        @Override
        public HubAddress convert(String text) {
            return parse(text);
        }
    }

    /// Reads an address; `http://` may be left out.
    static HubAddress parse(String text) {
        URI uri;
        try {
            uri = URI.create(text.contains("://") ? text : "http://" + text);
        } catch (IllegalArgumentException e) {
            throw malformed(text);
        }
        boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        boolean hostOnly = uri.getHost() != null && uri.getRawUserInfo() == null;
        if (!web || !hostOnly || uri.getQuery() != null || uri.getFragment() != null) {
            throw malformed(text);
        }
        String path = uri.getRawPath().replaceAll("/+$", "");
        String hub = path.isEmpty() ? DEFAULT_PATH : path;
        return new HubAddress(URI.create(uri.getScheme() + "://" + uri.getRawAuthority() + hub));
    }

    /// Where a topic's events are published, with the given parameters.
    URI publish(String topic, Map<String, String> parameters) {
        String query =
                parameters.entrySet().stream()
                        .map(pair -> pair.getKey() + "=" + encode(pair.getValue()))
                        .collect(Collectors.joining("&"));
        String path = base + "/" + encode(topic).replace("%2F", "/");
        return URI.create(query.isEmpty() ? path : path + "?" + query);
    }

    /// Where the topics' events arrive.
    ///
    /// @param namesTopic whether each event says its topic
    URI subscribe(List<String> topics, boolean namesTopic) {
        List<String> parameters = new ArrayList<>();
        if (namesTopic) {
            parameters.add("fields=topic");
        }
        topics.forEach(topic -> parameters.add("topic=" + encode(topic)));
        return URI.create(base + "?" + String.join("&", parameters));
    }

    @Override
    public String toString() {
        return base.toString();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static TypeConversionException malformed(String text) {
        return new TypeConversionException(
                "'" + text + "' is not an address such as http://127.0.0.1:8080");
    }
}
