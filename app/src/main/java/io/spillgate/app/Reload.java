package io.spillgate.app;

import io.spillgate.Gateway;
import io.spillgate.app.config.ConfigException;
import io.spillgate.app.config.Effective;
import io.spillgate.config.GatewayConfig;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// Reads the configuration again and puts it in force, or leaves everything as it was.
///
/// Asked for by SIGHUP and by `POST /reload`, on any thread that may block; one reload at a time.
final class Reload implements Gateway.Operator {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    private final Reader source;
    private final CompletableFuture<Function<GatewayConfig, List<String>>> target =
            new CompletableFuture<>();

    /// Reads the configuration from all its sources.
    @FunctionalInterface
    interface Reader {
        Effective read() throws ConfigException;
    }

    Reload(Reader source) {
        this.source = source;
    }

    /// Says what takes a new configuration; a reload that comes earlier waits for it.
    ///
    /// @param apply puts it in force and returns what could not change, one sentence each
    void target(Function<GatewayConfig, List<String>> apply) {
        target.complete(apply);
    }

    @Override
    public synchronized Gateway.Reloaded reload() {
        Effective effective;
        try {
            effective = source.read();
        } catch (ConfigException e) {
            return refused(e.problems());
        }
        List<String> unchanged;
        try {
            unchanged = target.join().apply(effective.config());
        } catch (IllegalArgumentException e) {
            return refused(List.of(Text.reason(e)));
        }
        Logging.apply(effective.config().log());
        effective.warnings().forEach(LOG::warn);
        unchanged.forEach(LOG::warn);
        LOG.info("configuration reloaded");
        return new Gateway.Reloaded(true, unchanged);
    }

    private static Gateway.Reloaded refused(List<String> problems) {
        problems.forEach(problem -> LOG.error("not reloaded: {}", problem));
        return new Gateway.Reloaded(false, problems);
    }
}
