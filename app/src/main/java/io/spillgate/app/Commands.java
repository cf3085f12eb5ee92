package io.spillgate.app;

import picocli.CommandLine;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// The commands by name, in the order of the help.
final class Commands {
    /// The command that has its own option for help.
    static final String HELP = "help";

    private static final Map<String, Supplier<Object>> ALL = all();
    private static final Set<String> ABOUT_OTHERS = Set.of("completion", "man", HELP);

    private Commands() {}

    /// The one that is called, because each takes a while to be made; all if that is none of them,
    /// or one that tells of the others.
    static Map<String, Supplier<Object>> called(String name) {
        Supplier<Object> command = ALL.get(name);
        return command == null || ABOUT_OTHERS.contains(name) ? ALL : Map.of(name, command);
    }

    private static Map<String, Supplier<Object>> all() {
        Map<String, Supplier<Object>> all = new LinkedHashMap<>();
        all.put(ServeSignals.COMMAND, ServeCommand::new);
        all.put("check", CheckCommand::new);
        all.put("doctor", DoctorCommand::new);
        all.put("dev-cert", DevCertCommand::new);
        all.put("publish", PublishCommand::new);
        all.put("tail", TailCommand::new);
        all.put("version", VersionCommand::new);
        all.put("completion", CompletionCommand::new);
        all.put("man", ManCommand::new);
        all.put(HELP, CommandLine.HelpCommand::new);
        return all;
    }
}
