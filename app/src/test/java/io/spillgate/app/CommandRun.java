package io.spillgate.app;

import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;

/// One command that ran in this JVM: its exit status and what it printed.
///
/// @param status the exit status
/// @param out what went to standard output
/// @param err what went to standard error
record CommandRun(int status, String out, String err) {
    static CommandRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine all = Main.commandLine(new PrintWriter(out), new PrintWriter(err), arguments);
        return finish(all, out, err, arguments);
    }

    /// A single command object, without the word that names it.
    static CommandRun of(Object command, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine one =
                new CommandLine(command).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return finish(one, out, err, arguments);
    }

    private static CommandRun finish(
            CommandLine commandLine, StringWriter out, StringWriter err, String... arguments) {
        int status = commandLine.execute(arguments);
        commandLine.getOut().flush();
        commandLine.getErr().flush();
        return new CommandRun(status, out.toString(), err.toString());
    }
}
