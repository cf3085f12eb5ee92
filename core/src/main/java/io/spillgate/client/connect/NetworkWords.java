package io.spillgate.client.connect;

import java.io.IOException;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.SSLException;

/// What happened to a connection, in words: who closed what. Names of system calls and numbers of
/// errors, which every transport has others of, tell a client nothing.
public final class NetworkWords {
    private static final Pattern NUMBER = Pattern.compile("error\\(-([0-9]{1,3})\\)");

    private NetworkWords() {}

    /// One clause about a failure.
    ///
    /// @param peer who is on the other side, as in `the backend`
    /// @param cause what a channel failed with
    public static String of(String peer, Throwable cause) {
        Optional<Kind> known = Kind.of(cause);
        if (known.isPresent()) {
            return known.get().clause.formatted(peer);
        }
        if (cause instanceof ClosedChannelException) {
            return closedBy(peer);
        }
        if (cause instanceof SSLException) {
            return "TLS with " + peer + " broke";
        }
        return cause instanceof IOException
                ? "the connection to " + peer + " failed"
                : "the work for it failed here, the log says why";
    }

    /// The other side said that it sends nothing more.
    public static String closedBy(String peer) {
        return peer + " closed the connection";
    }

    /// Whether nobody listens at an address.
    static boolean isRefusal(Throwable cause) {
        return Kind.of(cause).filter(Kind.REFUSED::equals).isPresent();
    }

    /// What Linux tells (errno(3)), by number and by its text.
    private enum Kind {
        PIPE(32, "broken pipe", "%s closed the connection"),
        UNREACHABLE(101, "network is unreachable", "there is no network to %s"),
        ABORTED(103, "software caused connection abort", "this machine gave the connection up"),
        RESET(104, "connection reset", "%s reset the connection"),
        TIMED_OUT(110, "timed out", "%s does not answer any more"),
        REFUSED(111, "connection refused", "%s refused the connection"),
        DOWN(112, "host is down", "the host of %s is down"),
        NO_ROUTE(113, "no route to host", "there is no route to the host of %s");

        private final int number;
        private final String text;
        private final String clause;

        Kind(int number, String text, String clause) {
            this.number = number;
            this.text = text;
            this.clause = clause;
        }

        static Optional<Kind> of(Throwable cause) {
            if (cause instanceof NoRouteToHostException) {
                return Optional.of(NO_ROUTE);
            }
            String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            Matcher matcher = NUMBER.matcher(message);
            int number = matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
            for (Kind kind : values()) {
                if (kind.number == number || message.contains(kind.text)) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }
    }
}
