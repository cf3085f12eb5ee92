package io.spillgate.app;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/// The commands by name, in the order of the help.
final class Commands {
    private static final Map<String, Supplier<Object>> ALL = all();

    private Commands() {}

    /// The one that is called, because each takes a while to be made; all if that is none of them.
    static Map<String, Supplier<Object>> called(String name) {
        Supplier<Object> command = ALL.get(name);
        return command == null ? ALL : Map.of(name, command);
    }

    private static Map<String, Supplier<Object>> all() {
        Map<String, Supplier<Object>> all = new LinkedHashMap<>();
        all.put(ServeSignals.COMMAND, ServeCommand::new);
        all.put("check", CheckCommand::new);
        all.put("doctor", DoctorCommand::new);
        all.put("publish", PublishCommand::new);
        all.put("tail", TailCommand::new);
        all.put("version", VersionCommand::new);
        return all;
    }
}
