package io.spillgate.app;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/// The command line: finds the command, runs it, ends the process with its status.
@Command(
        name = "spillgate",
        description = "A streaming HTTP gateway: holds event streams, fans events out to them.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "Exit status: 0 good, 1 failed, 2 wrong usage or configuration, 3 (serve) can't go on.",
            "Try: spillgate serve      and in a second terminal: spillgate tail demo",
            "     and in a third:      spillgate publish demo hello"
        })
public final class Main implements Runnable {
    private static final int HELP_COLUMNS = 100;

    @Spec private CommandSpec spec = CommandSpec.create();

    private Main() {}

    /// Runs one command and exits: 0 good, 1 failed, 2 wrong usage or configuration, 3 can't go on.
    /// Before anything else the signals of a gateway are taken, so that none ends it by surprise.
    public static void main(String[] args) {
        // Nobody records them here, and their first use would hold an event loop up for long.
        System.getProperties().putIfAbsent("io.netty.jfr.enabled", "false");
        if (args.length > 0 && args[0].equals(ServeSignals.COMMAND)) {
            ServeSignals.ofProcess();
        }
        CommandLine commands =
                commandLine(utf8(FileDescriptor.out), utf8(FileDescriptor.err), args);
        System.exit(commands.execute(args));
    }

    /// What these arguments may call, writing to the given places.
    static CommandLine commandLine(PrintWriter out, PrintWriter err, String... args) {
        CommandLine all = new CommandLine(new Main());
        String called = args.length > 0 ? args[0] : "";
        Commands.called(called).forEach((name, command) -> all.addSubcommand(name, command.get()));
        all.getSubcommands()
                .forEach((name, command) -> {
                    CommandSpec its = command.getCommandSpec();
                    its.mixinStandardHelpOptions(!name.equals(Commands.HELP));
                    its.versionProvider(new Version());
                });
        return all.setOut(out)
                .setErr(err)
                .setExpandAtFiles(false)
                .setUsageHelpWidth(HELP_COLUMNS)
                .setParameterExceptionHandler(Main::wrongUsage)
                .setExecutionExceptionHandler(Main::failed);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
    }

    private static int wrongUsage(CommandLine.ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        PrintWriter err = command.getErr();
        err.println("spillgate: " + wrong.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(wrong, err)) {
            err.println("Try '" + name + " --help'.");
        }
        return ExitCode.USAGE;
    }

    private static int failed(
            Exception thrown, CommandLine command, CommandLine.ParseResult result) {
        thrown.printStackTrace(command.getErr());
        return ExitCode.FAILURE;
    }

    private static PrintWriter utf8(FileDescriptor descriptor) {
        return new PrintWriter(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
