package io.spillgate.app;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

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

    /// One stop may be sent twice: `timeout` of GNU sends it to the process and to its group.
    private static final long ONE_STOP_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final IntConsumer halt;
    private final LongSupplier nanoTime;
    private boolean starting;
    private boolean reloadWanted;
    private int stops;
    private String firstStop = "";
    private long firstStopNanos;
    private @Nullable Runnable drain;
    private @Nullable Runnable reload;

    /// @param halt ends the process with a status, at once
    /// @param nanoTime a clock
    ServeSignals(IntConsumer halt, LongSupplier nanoTime) {
        this.halt = halt;
        this.nanoTime = nanoTime;
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
            Log.load();
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
            if (isSameStop(signal)) {
                return;
            }
            now = drain;
            again = ++stops > 1;
            firstStop = again ? firstStop : signal;
            firstStopNanos = again ? firstStopNanos : nanoTime.getAsLong();
        }
        if (again) {
            try {
                Log.LOG.warn("{}, the second stop: exit at once", signal);
                Logging.close(Duration.ofMillis(100));
            } finally {
                halt.accept(ExitCode.FAILURE);
            }
        } else if (now != null) {
            drain(signal, now);
        }
    }

    private boolean isSameStop(String signal) {
        return stops == 1
                && signal.equals(firstStop)
                && nanoTime.getAsLong() - firstStopNanos < ONE_STOP_NANOS;
    }

    private static void drain(String signal, Runnable drain) {
        try {
            Log.LOG.info("{}: draining", signal);
        } finally {
            drain.run();
        }
    }

    /// The log, which takes a while to be made, and signals may not wait for it.
    private static final class Log {
        private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

        /// Before the files of the program may have been replaced by those of another release.
        static void load() {
            LOG.trace("signals_are_heard");
        }
    }

    private static final class Installed {
        private static final ServeSignals SIGNALS =
                new ServeSignals(Runtime.getRuntime()::halt, System::nanoTime);

        static {
            Signals.handle(SIGNALS::on, "TERM", "INT", "HUP");
        }
    }
}
