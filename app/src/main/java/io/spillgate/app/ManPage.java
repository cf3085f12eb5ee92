package io.spillgate.app;

import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

import java.util.List;
import java.util.Locale;

/// What a command's help says, as a manual page (man(7)).
final class ManPage {
    private final StringBuilder page = new StringBuilder(4096);
    private final CommandLine command;

    private ManPage(CommandLine command) {
        this.command = command;
    }

    /// The page of a command, with its options and the names of those below it.
    static String of(CommandLine command) {
        ManPage page = new ManPage(command);
        page.write();
        return page.page.toString();
    }

    private void write() {
        CommandSpec spec = command.getCommandSpec();
        UsageMessageSpec usage = spec.usageMessage();
        String name = spec.qualifiedName("-");
        macro(".TH", name.toUpperCase(Locale.ROOT), "1", "", Version.line());
        macro(".SH", "NAME");
        line(name + " - " + String.join(" ", usage.description()));
        macro(".SH", "SYNOPSIS");
        preformatted(
                new Help(spec, Help.defaultColorScheme(Help.Ansi.OFF))
                        .synopsis(0)
                        .lines()
                        .toList());
        if (!spec.positionalParameters().isEmpty()) {
            macro(".SH", "ARGUMENTS");
        }
        for (PositionalParamSpec argument : spec.positionalParameters()) {
            entry(argument.paramLabel(), argument.description());
        }
        macro(".SH", "OPTIONS");
        for (OptionSpec option : spec.options()) {
            String label = option.arity().max() == 0 ? "" : " " + option.paramLabel();
            entry(String.join(", ", option.names()) + label, option.description());
        }
        if (!command.getSubcommands().isEmpty()) {
            macro(".SH", "COMMANDS");
        }
        command.getSubcommands()
                .forEach((below, its) ->
                        entry(below, its.getCommandSpec().usageMessage().description()));
        macro(".SH", "NOTES");
        preformatted(List.of(usage.footer()));
    }

    private void entry(String term, String... description) {
        macro(".TP");
        line("\\fB" + escaped(term) + "\\fR", String.join(" ", description));
    }

    private void preformatted(List<String> lines) {
        macro(".nf");
        lines.forEach(this::line);
        macro(".fi");
    }

    private void macro(String name, String... arguments) {
        page.append(name);
        for (String argument : arguments) {
            page.append(" \"").append(escaped(argument).replace("\"", "\\(dq")).append('"');
        }
        page.append('\n');
    }

    private void line(String formatted, String text) {
        page.append(formatted).append('\n');
        line(text);
    }

    /// A line that begins with a dot or a quote would be a macro.
    private void line(String text) {
        String shown = escaped(text);
        boolean macro = shown.startsWith(".") || shown.startsWith("'");
        page.append(macro ? "\\&" : "").append(shown).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-");
    }
}
