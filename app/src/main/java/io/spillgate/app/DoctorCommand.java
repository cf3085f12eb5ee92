package io.spillgate.app;

import io.spillgate.app.config.ConfigException;
import io.spillgate.app.config.Effective;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/// `spillgate doctor`: says what of this machine is too small for a configuration, and how to
/// change it.
@Command(
        name = "doctor",
        description = "Compares the limits of this machine with what the configuration needs.",
        footer = {"", "Exit status: 0 all is well, 1 something is too small, 2 configuration."})
final class DoctorCommand implements Callable<Integer> {
    @Mixin private ConfigOptions options = new ConfigOptions();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Effective effective;
        try {
            effective = options.source().read();
        } catch (ConfigException e) {
            e.problems().forEach(spec.commandLine().getErr()::println);
            return ExitCode.USAGE;
        }
        List<Check> checks = StartupCheck.run(effective.config(), SystemFacts.ofThisProcess());
        PrintWriter out = spec.commandLine().getOut();
        checks.forEach(check -> print(out, check));
        out.println();
        out.println("Behind a proxy, streams need (nginx): proxy_http_version 1.1;");
        out.println(
                "  proxy_set_header Connection \"\"; proxy_buffering off; proxy_read_timeout 1h;");
        boolean well = checks.stream().noneMatch(c -> c.verdict() == Check.Verdict.WARN);
        return well ? ExitCode.OK : ExitCode.FAILURE;
    }

    private static void print(PrintWriter out, Check check) {
        String mark =
                switch (check.verdict()) {
                    case OK -> "ok";
                    case WARN -> "WARN";
                    case NOT_CHECKED -> "-";
                };
        out.println(
                String.format(Locale.ROOT, "%-5s%-18s%s", mark, check.subject(), check.message()));
        if (!check.fix().isEmpty()) {
            out.println(" ".repeat(23) + "fix: " + check.fix());
        }
    }
}
