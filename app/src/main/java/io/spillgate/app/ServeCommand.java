package io.spillgate.app;

import io.spillgate.Gateway;
import io.spillgate.app.config.ConfigException;
import io.spillgate.app.config.Effective;
import io.spillgate.config.GatewayConfig;
import io.spillgate.net.AddressText;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;

/// `spillgate serve`: a gateway until it is told to end.
@Command(
        name = ServeSignals.COMMAND,
        description = "Runs the gateway.",
        footerHeading = "%nSignals:%n",
        footer = {
            "  HUP        reads the configuration again; a bad one changes nothing",
            "  TERM, INT  ends the streams cleanly, then exits: 0 when nothing was cut, else 1;",
            "             a second one exits at once with 1 (the same one within 0.5 s is no second"
                    + " one)",
            "Out of memory, or without one of its event loops, it exits with 3.",
            "",
            "Without --config the hub is at /events and a demo page at /.",
            "One line for each listener is printed once it is bound; the log goes to standard"
                    + " error."
        })
final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    /// How long closing a drained gateway may take.
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

    @Mixin private ConfigOptions options = new ConfigOptions();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        ServeSignals signals = ServeSignals.ofProcess();
        ConfigSource source = options.source();
        Effective effective;
        try {
            effective = source.read();
        } catch (ConfigException e) {
            e.problems().forEach(spec.commandLine().getErr()::println);
            return ExitCode.USAGE;
        }
        Logging.apply(effective.config().log());
        effective.warnings().forEach(LOG::warn);
        warnOfTheMachine(effective.config());
        Reload reload = new Reload(source::read);
        Rehearsal.run(effective.config());
        signals.starting();
        try (Gateway gateway = Gateway.start(effective.config(), reload)) {
            FatalExit.when(gateway.broken());
            reload.target(gateway::apply);
            signals.running(gateway::drain, reload::reload);
            printListeners(gateway);
            int status = gateway.drained().join() ? ExitCode.OK : ExitCode.FAILURE;
            FatalExit.after(CLOSE_PATIENCE, status);
            return status;
        } catch (IllegalArgumentException e) {
            spec.commandLine().getErr().println("spillgate: " + Text.reason(e));
            return ExitCode.USAGE;
        } catch (IOException | IllegalStateException e) {
            spec.commandLine().getErr().println("spillgate: " + Text.reason(e));
            return ExitCode.FAILURE;
        } finally {
            Logging.close(Duration.ofSeconds(1));
        }
    }

    private static void warnOfTheMachine(GatewayConfig config) {
        for (Check check : StartupCheck.run(config, SystemFacts.ofThisProcess())) {
            if (check.verdict() == Check.Verdict.WARN) {
                LOG.warn(
                        "limit_too_small limit=\"{}\" found=\"{}\" fix=\"{}\"",
                        check.subject(),
                        check.message(),
                        check.fix());
            }
        }
    }

    private void printListeners(Gateway gateway) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("listening http " + AddressText.of(gateway.httpAddress()));
        gateway.httpsAddress()
                .ifPresent(address -> out.println("listening https " + AddressText.of(address)));
        gateway.adminAddress()
                .ifPresent(address -> out.println("listening admin " + AddressText.of(address)));
        out.flush();
    }
}
