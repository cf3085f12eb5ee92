package io.spillgate.app;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.function.IntConsumer;

/// What signals ask of `serve`, from the first moment of the process on.
///
/// ```
///   NOTHING_RUNS ──▶ STARTING ──▶ RUNNING
/// ```
///
/// A stop that comes while nothing runs ends the process at once and quietly: there is nothing to
/// cut. One that comes while the gateway starts is done as soon as it runs, and so is a reload that
/// comes earlier, once however often it was asked for. Thread safe.
final class ServeSignals {
    /// The command whose signals these are.
    static final String COMMAND = "serve";

    private final IntConsumer halt;
    private boolean starting;
    private boolean reloadWanted;
    private int stops;
    private String firstStop = "";
    private @Nullable Runnable drain;
    private @Nullable Runnable reload;

    /// @param halt ends the process with a status, at once
    ServeSignals(IntConsumer halt) {
        this.halt = halt;
    }

    /// The one that gets the signals of this process, from its first use on.
    static ServeSignals ofProcess() {
        return Installed.SIGNALS;
    }

    /// A signal arrived.
    ///
    /// @param name without `SIG`
    void on(String name) {
        if (name.equals("HUP")) {
            reload();
        } else {
            stop("SIG" + name);
        }
    }

    /// From now on there may be something to cut.
    synchronized void starting() {
        starting = true;
    }

    /// The gateway runs; does what was asked for before.
    void running(Runnable toDrain, Runnable toReload) {
        boolean stopNow;
        boolean reloadNow;
        synchronized (this) {
            drain = toDrain;
            reload = toReload;
            stopNow = stops > 0;
            reloadNow = reloadWanted;
        }
        if (stopNow) {
            drain(firstStop, toDrain);
        } else if (reloadNow) {
            toReload.run();
        }
    }

    private void reload() {
        Runnable now;
        synchronized (this) {
            now = reload;
            reloadWanted = true;
        }
        if (now != null) {
            now.run();
        }
    }

    private void stop(String signal) {
        Runnable now;
        boolean again;
        synchronized (this) {
            if (!starting) {
                halt.accept(ExitCode.OK);
                return;
            }
            now = drain;
            again = ++stops > 1;
            firstStop = again ? firstStop : signal;
        }
        if (again) {
            Log.LOG.warn("{} again: exit at once", signal);
            Logging.close(Duration.ofMillis(100));
            halt.accept(ExitCode.FAILURE);
        } else if (now != null) {
            drain(signal, now);
        }
    }

    private static void drain(String signal, Runnable drain) {
        Log.LOG.info("{}: draining", signal);
        drain.run();
    }

    /// The log, which takes a while to be made, and signals may not wait for it.
    private static final class Log {
        private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
    }

    private static final class Installed {
        private static final ServeSignals SIGNALS = new ServeSignals(Runtime.getRuntime()::halt);

        static {
            Signals.handle(SIGNALS::on, "TERM", "INT", "HUP");
        }
    }
}
