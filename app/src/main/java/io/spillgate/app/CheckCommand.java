package io.spillgate.app;

import io.spillgate.app.config.ConfigException;
import io.spillgate.app.config.ConfigReader;
import io.spillgate.app.config.Effective;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `spillgate check`: says whether a configuration file can be used.
@Command(
        name = "check",
        description = "Checks a configuration file and prints every problem; starts nothing.",
        footer = {
            "",
            "The environment (SPILLGATE_...) and --set take part as they do in serve.",
            "Exit status: 0 usable, 2 not usable."
        })
final class CheckCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The file: .toml, .yaml, .yml, .conf or .json.")
    private Path file = Path.of("");

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Overrides one key. May be given many times.")
    private List<String> sets = new ArrayList<>();

    @Option(
            names = "--print",
            description = "Prints every key with its value and where the value comes from.")
    private boolean print;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        Effective effective;
        try {
            effective = ConfigReader.read(Optional.of(file), sets, System.getenv());
        } catch (ConfigException e) {
            e.problems().forEach(err::println);
            return ExitCode.USAGE;
        }
        effective.warnings().forEach(warning -> err.println("warning: " + warning));
        PrintWriter out = spec.commandLine().getOut();
        if (print) {
            effective.entries().forEach(out::println);
        } else {
            out.println(file + ": usable");
        }
        return ExitCode.OK;
    }
}
