package io.spillgate.app;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.concurrent.Callable;

/// `spillgate man`: the manual page of a command, for `man -l -` or a package.
@Command(
        name = "man",
        description = "Prints a manual page, of one command or of them all.",
        footer = {
            "",
            "Examples:",
            "  spillgate man serve | man -l -",
            "  spillgate man > /usr/local/share/man/man1/spillgate.1"
        })
final class ManCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "The command.")
    private @Nullable String command;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        CommandLine all = spec.root().commandLine();
        CommandLine one = command == null ? all : all.getSubcommands().get(command);
        if (one == null) {
            throw new ParameterException(spec.commandLine(), "'" + command + "' is not a command");
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(ManPage.of(one));
        out.flush();
        return ExitCode.OK;
    }
}
