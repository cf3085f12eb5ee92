package io.spillgate.app.config;

import java.util.Set;
import java.util.regex.Pattern;

/// Variables that begin with our prefix and are no keys.
///
/// Kubernetes puts the address of every Service into the environment of the pods beside it; that of
/// one named `spillgate`, or `spillgate-admin`, has our prefix. The shapes are those of `docker
/// --link` (Kubernetes, "Accessing Services", environment variables). A shape is only taken for one
/// when its value fits, so that `SPILLGATE_PORT=8080` is still told to be no key.
final class ForeignVariables {
    /// Of the launcher, and of the commands that talk to a gateway.
    private static final Set<String> OURS = Set.of("HOME", "TOKEN");

    private static final String PROTOCOL = "(tcp|udp|sctp)";
    private static final Pattern SERVICE =
            shape("SERVICE_HOST=[0-9A-Fa-f.:]+", "SERVICE_PORT(_[A-Z0-9_]+)?=[0-9]{1,5}");
    private static final Pattern PORT =
            shape(
                    "PORT=" + PROTOCOL + "://.+",
                    "PORT_[0-9]+_(TCP|UDP|SCTP)=" + PROTOCOL + "://.+",
                    "PORT_[0-9]+_(TCP|UDP|SCTP)_PROTO=" + PROTOCOL,
                    "PORT_[0-9]+_(TCP|UDP|SCTP)_PORT=[0-9]{1,5}",
                    "PORT_[0-9]+_(TCP|UDP|SCTP)_ADDR=[0-9A-Fa-f.:]+");

    private ForeignVariables() {}

    /// Whether a variable is none of the configuration.
    ///
    /// @param name without the prefix
    static boolean has(String name, String value) {
        String line = name + "=" + value;
        return OURS.contains(name)
                || name.startsWith("JAVA")
                || SERVICE.matcher(line).matches()
                || PORT.matcher(line).matches();
    }

    private static Pattern shape(String... forms) {
        return Pattern.compile("([A-Z0-9_]+_)?(" + String.join("|", forms) + ")");
    }
}
