package io.spillgate;

import io.spillgate.listener.Operations;
import io.spillgate.metrics.Json;
import io.spillgate.metrics.Metrics;
import io.spillgate.routing.Route;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// What the admin listener does for operators, each on a virtual thread of its own.
final class Administration implements Operations {
    private static final String JSON = "application/json";

    private final Metrics metrics;
    private final Gateway.Operator operator;
    private final Runnable drain;
    private final Supplier<Map<String, Object>> drainState;

    /// @param drainState what is left of a drain; empty when there is none
    Administration(
            Metrics metrics,
            Gateway.Operator operator,
            Runnable drain,
            Supplier<Map<String, Object>> drainState) {
        this.metrics = metrics;
        this.operator = operator;
        this.drain = drain;
        this.drainState = drainState;
    }

    @Override
    public CompletableFuture<Result> perform(Route.Command command, @Nullable String accept) {
        return CompletableFuture.supplyAsync(
                () -> now(command, accept), Thread::startVirtualThread);
    }

    private Result now(Route.Command command, @Nullable String accept) {
        return switch (command) {
            case METRICS -> new Result(200, metrics.contentType(accept), metrics.scrape(accept));
            case STATS -> json(200, metrics.statsJson(Map.of("drain", drainState.get())));
            case RELOAD -> reload();
            case DRAIN -> {
                drain.run();
                yield json(202, Json.write(Map.of("draining", true, "drain", drainState.get())));
            }
        };
    }

    private Result reload() {
        Gateway.Reloaded reloaded = operator.reload();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("applied", reloaded.applied());
        body.put("messages", reloaded.messages());
        return json(reloaded.applied() ? 200 : 422, Json.write(body));
    }

    private static Result json(int status, String text) {
        return new Result(status, JSON, (text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
