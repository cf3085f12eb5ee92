package io.spillgate.proxy;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;

import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Which header lines cross the gateway, and how they are changed; pure.
///
/// Fields of one connection stay on it: Connection and what it names, and those that were always
/// meant so (RFC 9110 section 7.6.1). What frames a body is not passed on either, but made anew by
/// whoever writes it; only an answer keeps its Content-Length. What says who asks crosses only as
/// far as its sender is believed.
final class HeaderRules {
    private static final int UPGRADE_REQUIRED = 426;
    private static final String PSEUDONYM = "spillgate";
    private static final String FORWARDED = "forwarded";
    private static final String FORWARDED_ANY = "x-forwarded-";
    private static final String CORS_ANY = "access-control-";

    /// The protocol that every route may change to.
    static final String WEBSOCKET = "websocket";

    private static final String REAL_IP = "x-real-ip";
    private static final AsciiString HOST = AsciiString.cached("Host");
    private static final AsciiString VIA = AsciiString.cached("Via");
    private static final AsciiString FORWARDED_FOR = AsciiString.cached("X-Forwarded-For");
    private static final AsciiString FORWARDED_PROTO = AsciiString.cached("X-Forwarded-Proto");
    private static final AsciiString FORWARDED_HOST = AsciiString.cached("X-Forwarded-Host");
    private static final AsciiString FORWARDED_LINE = AsciiString.cached("Forwarded");
    private static final AsciiString NO_BUFFERING = AsciiString.cached("X-Accel-Buffering");
    private static final AsciiString INCREMENTAL = AsciiString.cached("Incremental");
    private static final DefaultHttpHeadersFactory UNCHECKED =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);

    /// May not be sent behind a body, because they frame, route, modify, authorize or explain it,
    /// or say what must be known before it (RFC 9110 section 6.5.1).
    private static final Set<String> NO_TRAILERS =
            Set.of(
                    "age",
                    "authorization",
                    "cache-control",
                    "content-encoding",
                    "content-length",
                    "content-range",
                    "content-type",
                    "cookie",
                    "date",
                    "expect",
                    "expires",
                    "host",
                    "if-match",
                    "if-modified-since",
                    "if-none-match",
                    "if-range",
                    "if-unmodified-since",
                    "location",
                    "max-forwards",
                    "pragma",
                    "proxy-authenticate",
                    "proxy-authorization",
                    "range",
                    "retry-after",
                    "set-cookie",
                    "vary",
                    "via",
                    "warning",
                    "www-authenticate");

    private HeaderRules() {}

    /// What a backend gets of a request.
    ///
    /// @param requestId the value of the upstream's request id header, if it has one
    static HttpHeaders request(
            HttpHeaders received, Sender from, Upstream to, @Nullable String requestId) {
        HttpHeaders sent = UNCHECKED.newHeaders();
        String asked = received.get(HOST);
        String host = to.host() != null ? to.host() : asked;
        sent.add(HOST, host != null ? host : to.usualHost());
        Set<String> named = namedByConnection(received);
        Iterator<Map.Entry<CharSequence, CharSequence>> lines = received.iteratorCharSequence();
        while (lines.hasNext()) {
            Map.Entry<CharSequence, CharSequence> line = lines.next();
            if (crosses(line.getKey(), from, to.requestIdHeader(), named)) {
                sent.add(line.getKey(), line.getValue());
            }
        }
        forwarded(sent, from, asked);
        sent.add(VIA, from.version() + " " + PSEUDONYM);
        if (to.requestIdHeader() != null && requestId != null) {
            sent.add(to.requestIdHeader(), requestId);
        }
        return sent;
    }

    /// What a client gets of an interim answer, which has no content (RFC 9110 sections 8.6 and
    /// 15.2), and of 101.
    static HttpHeaders interim(HttpHeaders received) {
        return answer(100, received, namedByConnection(received), true)
                .remove(HttpHeaderNames.CONTENT_LENGTH);
    }

    /// What a client gets of an answer.
    ///
    /// @param status of it; 426 says which protocol is wanted (RFC 9110 section 15.5.22)
    /// @param named what its Connection names
    /// @param decidesCors whether the backend says what pages of other origins may do
    static HttpHeaders answer(
            int status, HttpHeaders received, Set<String> named, boolean decidesCors) {
        HttpHeaders sent = UNCHECKED.newHeaders();
        Iterator<Map.Entry<CharSequence, CharSequence>> lines = received.iteratorCharSequence();
        while (lines.hasNext()) {
            Map.Entry<CharSequence, CharSequence> line = lines.next();
            CharSequence name = line.getKey();
            boolean stays = isHopByHop(name) || isNamed(name, named);
            if (!stays && (decidesCors || !isCors(name))) {
                sent.add(name, line.getValue());
            }
        }
        if (status == UPGRADE_REQUIRED && received.contains(HttpHeaderNames.UPGRADE)) {
            sent.set(HttpHeaderNames.UPGRADE, received.getAll(HttpHeaderNames.UPGRADE));
            sent.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        }
        return sent;
    }

    private static boolean isCors(CharSequence name) {
        return AsciiString.regionMatches(name, true, 0, CORS_ANY, 0, CORS_ANY.length());
    }

    /// What crosses of the fields behind the body of a request.
    ///
    /// @param head of the same request
    static HttpHeaders requestTrailers(HttpHeaders received, HttpHeaders head, Upstream to) {
        return received.isEmpty()
                ? received
                : trailers(received, namedByConnection(head), to.requestIdHeader());
    }

    /// What crosses of the fields behind a body, in either direction.
    ///
    /// @param named what Connection names in the head before it
    /// @param requestIdHeader the upstream's request id header, which nobody else may send
    static HttpHeaders trailers(
            HttpHeaders received, Set<String> named, @Nullable String requestIdHeader) {
        if (received.isEmpty()) {
            return received;
        }
        HttpHeaders sent = UNCHECKED.newHeaders();
        Iterator<Map.Entry<CharSequence, CharSequence>> lines = received.iteratorCharSequence();
        while (lines.hasNext()) {
            Map.Entry<CharSequence, CharSequence> line = lines.next();
            if (mayTrail(line.getKey(), named, requestIdHeader)) {
                sent.add(line.getKey(), line.getValue());
            }
        }
        return sent;
    }

    /// As everywhere, a name with `_` counts as one with `-`.
    private static boolean mayTrail(
            CharSequence field, Set<String> named, @Nullable String requestIdHeader) {
        String name = field.toString().toLowerCase(Locale.ROOT).replace('_', '-');
        boolean ours = requestIdHeader != null && readsAs(name, requestIdHeader);
        return !ours
                && !NO_TRAILERS.contains(name)
                && !isHopByHop(name)
                && !isForwarded(name)
                && !isNamed(field, named);
    }

    /// The protocol that a request is to change to: WebSocket (RFC 6455 section 4.1), or the first
    /// it asks for that is among these; null when it stays.
    static @Nullable String upgrade(String method, HttpHeaders received, List<String> others) {
        if (!received.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)) {
            return null;
        }
        if (method.equals("GET")
                && received.containsValue(HttpHeaderNames.UPGRADE, WEBSOCKET, true)) {
            return WEBSOCKET;
        }
        return others.stream()
                .filter(other -> received.containsValue(HttpHeaderNames.UPGRADE, other, true))
                .findFirst()
                .orElse(null);
    }

    /// Whether a client waits with its body until it is asked for it (RFC 9110 section 10.1.1).
    static boolean expectsContinue(HttpHeaders received) {
        return received.containsValue(HttpHeaderNames.EXPECT, HttpHeaderValues.CONTINUE, true);
    }

    private static boolean crosses(
            CharSequence name, Sender from, @Nullable String requestIdHeader, Set<String> named) {
        if (isHopByHop(name) || isFraming(name) || isNamed(name, named)) {
            return false;
        }
        if (requestIdHeader != null && readsAs(name, requestIdHeader)) {
            return false;
        }
        return !isForwarded(name) || (from.trusted() && isXForwarded(name));
    }

    private static void forwarded(HttpHeaders sent, Sender from, @Nullable String asked) {
        Sender.Told told = from.told();
        List<String> hops = told == null ? sent.getAll(FORWARDED_FOR) : told.hops();
        if (!hops.isEmpty()) {
            hops = hops.stream().filter(hop -> !hop.isBlank()).toList();
        }
        sent.set(
                FORWARDED_FOR,
                hops.isEmpty() ? from.address() : String.join(", ", hops) + ", " + from.address());
        if (!sent.contains(FORWARDED_PROTO)) {
            sent.add(FORWARDED_PROTO, toldScheme(from));
        }
        String host = toldHost(from, asked);
        if (host != null && !sent.contains(FORWARDED_HOST)) {
            sent.add(FORWARDED_HOST, host);
        }
        if (told != null && !told.elements().isEmpty()) {
            boolean v6 = from.address().indexOf(':') >= 0;
            String peer = v6 ? "\"[" + from.address() + "]\"" : from.address();
            sent.add(FORWARDED_LINE, String.join(", ", told.elements()) + ", for=" + peer);
        }
    }

    /// The scheme by which the client asked, as far as its proxies are believed.
    static String askedScheme(HttpHeaders received, Sender from) {
        String first = from.trusted() ? first(received.get(FORWARDED_PROTO)) : null;
        return first == null ? toldScheme(from) : first;
    }

    /// The host that the client asked for, likewise; null when it named none.
    static @Nullable String askedHost(HttpHeaders received, Sender from) {
        String first = from.trusted() ? first(received.get(FORWARDED_HOST)) : null;
        return first == null ? toldHost(from, received.get(HOST)) : first;
    }

    private static String toldScheme(Sender from) {
        Sender.Told told = from.told();
        return told == null || told.proto() == null ? from.scheme() : told.proto();
    }

    private static @Nullable String toldHost(Sender from, @Nullable String asked) {
        Sender.Told told = from.told();
        return told == null || told.host() == null ? asked : told.host();
    }

    private static @Nullable String first(@Nullable String list) {
        return list == null || list.isBlank() ? null : list.split(",", 2)[0].strip();
    }

    /// Says of an event stream that nothing on the way may hold it back, where its backend forgot
    /// to: to nginx, and by RFC 10036.
    static void askForNoBuffering(HttpHeaders answer) {
        if (!answer.contains(NO_BUFFERING)) {
            answer.set(NO_BUFFERING, "no");
        }
        if (!answer.contains(INCREMENTAL)) {
            answer.set(INCREMENTAL, "?1");
        }
    }

    /// The names in Connection, in lower case, without those that must not be taken away by it.
    static Set<String> namedByConnection(HttpHeaders received) {
        if (!received.contains(HttpHeaderNames.CONNECTION)) {
            return Set.of();
        }
        List<String> lines = received.getAll(HttpHeaderNames.CONNECTION);
        if (lines.size() == 1 && namesNothing(lines.getFirst())) {
            return Set.of();
        }
        Set<String> named = new HashSet<>();
        for (String line : lines) {
            for (String token : line.split(",", -1)) {
                named.add(token.strip().toLowerCase(Locale.ROOT));
            }
        }
        named.removeIf(
                name -> name.equals("host") || name.equals("content-length") || isForwarded(name));
        return named;
    }

    /// The usual values, which name no field that would cross anyway.
    private static boolean namesNothing(String connection) {
        return connection.equalsIgnoreCase("keep-alive") || connection.equalsIgnoreCase("close");
    }

    private static boolean isNamed(CharSequence name, Set<String> named) {
        return !named.isEmpty() && named.contains(name.toString().toLowerCase(Locale.ROOT));
    }

    private static boolean isHopByHop(CharSequence name) {
        return switch (name.length()) {
            case 2 -> is(name, "te");
            case 7 -> is(name, "trailer") || is(name, "upgrade");
            case 10 -> is(name, "connection") || is(name, "keep-alive");
            case 16 -> is(name, "proxy-connection");
            case 17 -> is(name, "transfer-encoding");
            default -> false;
        };
    }

    /// Whether it is written anew for the request that goes out.
    private static boolean isFraming(CharSequence name) {
        return switch (name.length()) {
            case 4 -> is(name, "host");
            case 6 -> is(name, "expect");
            case 14 -> is(name, "content-length");
            default -> false;
        };
    }

    /// A backend may fold `_` into `-`, and so read a field of ours out of a stranger's.
    private static boolean is(CharSequence name, String lower) {
        return beginsAs(name, lower);
    }

    /// Whether it says who asks. Many backends can't tell `_` from `-` in a name, so neither do we.
    private static boolean isForwarded(CharSequence name) {
        return name.length() > FORWARDED_ANY.length()
                ? beginsAs(name, FORWARDED_ANY)
                : readsAs(name, FORWARDED) || readsAs(name, REAL_IP);
    }

    /// Of those, whether it goes with X-Forwarded-For, in the spelling of its family.
    private static boolean isXForwarded(CharSequence name) {
        return !readsAs(name, FORWARDED) && AsciiString.indexOf(name, '_', 0) < 0;
    }

    private static boolean readsAs(CharSequence name, String known) {
        return name.length() == known.length() && beginsAs(name, known);
    }

    /// @param name at least as long
    private static boolean beginsAs(CharSequence name, String known) {
        for (int i = 0; i < known.length(); i++) {
            if (folded(name.charAt(i)) != folded(known.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static char folded(char c) {
        return c == '_' ? '-' : AsciiString.toLowerCase(c);
    }
}
