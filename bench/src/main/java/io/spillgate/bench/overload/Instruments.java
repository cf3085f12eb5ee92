package io.spillgate.bench.overload;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is read at the step and at the end of a reading.
final class Instruments implements OpenLoop.Meter {
    private static final Pattern LIMIT = Pattern.compile("\"limit\"\\s*:\\s*([0-9]+)");

    private final ProcessCpu gateway;
    private final ProcessCpu load = ProcessCpu.own();
    private final CoreTime core;
    private final HealthProbe health;
    private final @Nullable Streams streams;
    private final InetSocketAddress admin;
    private double gatewaySeconds;
    private double loadSeconds;
    private double coreSeconds;
    private long delivered;
    private HealthProbe.Probes probes = new HealthProbe.Probes(0, 0, 0);
    private CompletableFuture<String> limit = CompletableFuture.completedFuture("");

    Instruments(Subject subject, CoreTime core, HealthProbe health, @Nullable Streams streams) {
        gateway = subject.cpu();
        admin = subject.admin();
        this.core = core;
        this.health = health;
        this.streams = streams;
    }

    @Override
    public void begin() {
        gatewaySeconds = gateway.seconds();
        loadSeconds = load.seconds();
        coreSeconds = core.busySeconds();
        delivered = deliveredSoFar();
        health.begin();
    }

    @Override
    public void end() {
        gatewaySeconds = gateway.seconds() - gatewaySeconds;
        loadSeconds = load.seconds() - loadSeconds;
        coreSeconds = core.busySeconds() - coreSeconds;
        delivered = deliveredSoFar() - delivered;
        probes = health.end();
        limit = CompletableFuture.supplyAsync(this::askLimit);
    }

    /// CPU of the subject between the two.
    double gatewaySeconds() {
        return gatewaySeconds;
    }

    /// CPU of the subject's core between the two that something else used.
    double othersSeconds() {
        return Math.max(0, coreSeconds - gatewaySeconds);
    }

    /// CPU of this process between the two.
    double loadSeconds() {
        return loadSeconds;
    }

    HealthProbe.Probes probes() {
        return probes;
    }

    /// The limit just after the end; empty when the gateway has none.
    String limit() {
        return limit.join();
    }

    /// Events between the two.
    Reading.FanOut fanOut(int seconds) {
        return streams == null
                ? Reading.FanOut.NONE
                : new Reading.FanOut((double) delivered / seconds, 0, 0);
    }

    private long deliveredSoFar() {
        return streams == null ? 0 : streams.delivered();
    }

    private String askLimit() {
        String url = "http://127.0.0.1:" + admin.getPort() + "/stats";
        try (var in = URI.create(url).toURL().openStream()) {
            Matcher found = LIMIT.matcher(new String(in.readAllBytes(), UTF_8));
            return found.find() && Long.parseLong(found.group(1)) < Integer.MAX_VALUE
                    ? found.group(1)
                    : "";
        } catch (IOException e) {
            return "?";
        }
    }
}
