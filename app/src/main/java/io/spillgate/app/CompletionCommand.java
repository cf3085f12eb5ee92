package io.spillgate.app;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;

/// `spillgate completion`: what lets a shell complete commands and options.
@Command(
        name = "completion",
        description = "Prints a script by which bash and zsh complete commands and options.",
        footer = {
            "",
            "Examples:",
            "  source <(spillgate completion)",
            "  spillgate completion > /etc/bash_completion.d/spillgate"
        })
final class CompletionCommand implements Runnable {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        CommandSpec all = spec.root();
        PrintWriter out = spec.commandLine().getOut();
        out.print(AutoComplete.bash(all.name(), all.commandLine()));
        out.flush();
    }
}
